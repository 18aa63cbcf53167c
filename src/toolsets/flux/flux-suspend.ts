import { z } from 'zod';
import { objectFields } from '../../contract/cluster-object.ts';
import { duration, toMs } from '../../contract/duration.ts';
import { reason } from '../../contract/target.ts';
import { valueAt, type ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { SluiceError } from '../../domain/errors.ts';
import { setByReconciler, SUSPENSION, suspensionOf } from '../../domain/flux/suspension.ts';
import type { Action } from '../../commands/objects/draft.ts';
import { objectText } from '../../commands/objects/located.ts';
import { writeCommand } from '../../commands/objects/write-command.ts';
import { locatedFlux } from './read-objects.ts';
import { suspensionText } from './suspension-row.ts';
import { FLUX } from './write-tools.ts';

const DEFAULT_EXPIRY = '1d';
const fields = z.strictObject({
  ...objectFields,
  reason: reason.describe('Why; kept on the object and in the audit log.'),
  expires_in: duration.optional().describe('After this time it counts as forgotten. Default 1d.'),
});

export const suspend: Action<typeof fields> = {
  name: 'suspend',
  fields,
  async draft(context, { reason: why, expires_in: expiry = DEFAULT_EXPIRY, ...asked }) {
    const at = await locatedFlux(context, asked, 'patch');
    const before = await context.ports.clusterObjects.read(at);
    const now = context.ports.now();
    const annotations = {
      [SUSPENSION.by]: context.caller.id,
      [SUSPENSION.reason]: why,
      [SUSPENSION.at]: new Date(now).toISOString(),
      [SUSPENSION.until]: new Date(now + toMs(expiry)).toISOString(),
    };
    const write = { how: 'merge', patch: { metadata: { annotations }, spec: { suspend: true } } } as const;
    return [{ at, before, write, warnings: warningsOf(before, now), ...staying(before) }];
  },
  accepted({ at, wanted }) {
    if (valueAt(wanted, ['spec', 'suspend']) === true) return;
    throw new SluiceError('NOT_APPLICABLE', `${objectText(at)} is of a kind that cannot be suspended.`, {
      next: 'Suspend the object that makes or applies it: flux_trace names it.',
    });
  },
};

function warningsOf(before: ApiObject, now: number): readonly string[] {
  const known = suspensionOf(before, now);
  return [
    'Only flux_resume ends the suspension. When it has expired, flux_list names it as forgotten.',
    ...(before['kind'] === 'Kustomization'
      ? ['Until it is resumed, changes of its source are not applied or pruned.']
      : []),
    ...(known ? [`It is already ${suspensionText(known)} That record is replaced.`] : []),
    ...revertingText(before),
  ];
}

/** A reconciler puts back only the fields that its source sets. */
export function staying(before: ApiObject): { readonly stays?: true } {
  return setByReconciler(before) ? {} : { stays: true };
}

export function revertingText(before: ApiObject): readonly string[] {
  return setByReconciler(before)
    ? ['Its own source sets spec.suspend, so what applies it puts that value back at its next reconciliation.']
    : [];
}

export const fluxSuspend = writeCommand(FLUX, suspend, {
  title: 'Suspend an object of Flux',
  description:
    'Stops Flux from handling an object, and keeps reason, caller and expiry on it. An expired suspension is listed as forgotten; Flux does not end it.',
  kind: 'write',
  positional: ['kind', 'name'],
  example: {
    title: 'For two hours',
    input: {
      kind: 'kustomizations',
      namespace: 'shop',
      name: 'apps',
      reason: 'a repair by hand',
      expires_in: '2h',
      digest: '0123456789abcdef',
    },
  },
});
