import { z } from 'zod';
import { objectFields } from '../../contract/cluster-object.ts';
import { metaOf, type ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { isSuspended, SUSPENSION } from '../../domain/flux/suspension.ts';
import { REQUESTED_AT, unhandledBecause } from '../../domain/flux/request.ts';
import type { Action } from '../../commands/objects/draft.ts';
import { writeCommand } from '../../commands/objects/write-command.ts';
import { locatedFlux } from './read-objects.ts';
import { revertingText, staying } from './flux-suspend.ts';
import { newToken, requestSettled, waitField } from './requested.ts';
import { FLUX } from './write-tools.ts';

const fields = z.strictObject({ ...objectFields, wait: waitField });

export const resume: Action<typeof fields> = {
  name: 'resume',
  fields,
  async draft(context, { wait: _, ...asked }) {
    const at = await locatedFlux(context, asked, 'patch');
    const before = await context.ports.clusterObjects.read(at);
    // An object that is not suspended gets no request, so that the call changes nothing.
    const asks = isSuspended(before) && unhandledBecause(before) === undefined;
    const patch = {
      ...annotationsOf({ ...withoutRecord(before), ...(asks ? { [REQUESTED_AT]: newToken() } : {}) }),
      ...(isSuspended(before) ? { spec: { suspend: null } } : {}),
    };
    const write = { how: 'merge', patch } as const;
    return [{ at, before, write, warnings: revertingText(before), ...staying(before) }];
  },
  settled: (context, change, { wait }) => requestSettled(context, change, wait),
};

/** Removes the annotations of a suspension that the object has. */
function withoutRecord(object: ApiObject): Readonly<Record<string, null>> {
  const { annotations = {} } = metaOf(object);
  return Object.fromEntries(
    Object.values(SUSPENSION)
      .filter((key) => Object.hasOwn(annotations, key))
      .map((key) => [key, null]),
  );
}

function annotationsOf(annotations: Readonly<Record<string, string | null>>): object {
  return Object.keys(annotations).length > 0 ? { metadata: { annotations } } : {};
}

export const fluxResume = writeCommand(FLUX, resume, {
  title: 'Resume an object of Flux',
  description:
    'Ends a suspension, removes its record, and waits until the controller has handled the object and it is ready, or says what is missing.',
  kind: 'write',
  positional: ['kind', 'name'],
  example: {
    title: 'A Kustomization',
    input: { kind: 'kustomizations', namespace: 'shop', name: 'apps', digest: '0123456789abcdef' },
  },
});
