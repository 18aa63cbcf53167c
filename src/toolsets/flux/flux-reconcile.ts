import { z } from 'zod';
import { objectFields } from '../../contract/cluster-object.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { sourceOf } from '../../domain/flux/references.ts';
import type { ObjectAt } from '../../ports/cluster-objects.ts';
import { requireNamespace } from '../../commands/access.ts';
import type { CommandContext } from '../../commands/command.ts';
import type { Action, Draft } from '../../commands/objects/draft.ts';
import { objectText } from '../../commands/objects/located.ts';
import { writeCommand } from '../../commands/objects/write-command.ts';
import { isName, locatedFlux } from './read-objects.ts';
import { requestDraft, requestSettled, waitField } from './requested.ts';
import { FLUX } from './write-tools.ts';

const fields = z.strictObject({
  ...objectFields,
  with_source: z.boolean().optional().describe('Its source first, and the object only if the source is ready.'),
  wait: waitField,
});

export const reconcile: Action<typeof fields> = {
  name: 'reconcile',
  fields,
  inOrder: true,
  async draft(context, { with_source: withSource = false, wait: _, ...asked }) {
    const at = await locatedFlux(context, asked, 'patch');
    const before = await context.ports.clusterObjects.read(at);
    const own = requestDraft(at, before);
    return withSource ? [await sourceDraft(context, at, before), own] : [own];
  },
  settled: (context, change, { wait }) => requestSettled(context, change, wait),
};

/** Errors: NOT_APPLICABLE, NAMESPACE_NOT_ALLOWED, and those of the port. */
async function sourceDraft(context: CommandContext, at: ObjectAt, object: ApiObject): Promise<Draft> {
  const source = sourceOf(object);
  if (!source || !isName(source))
    throw new SluiceError('NOT_APPLICABLE', `${objectText(at)} names no source. Nothing was changed.`, {
      next: 'Call flux_reconcile without with_source.',
    });
  requireNamespace(source.namespace, context.settings);
  const sourceAt = await locatedFlux(context, { ...source, cluster: at.cluster }, 'patch');
  return requestDraft(sourceAt, await context.ports.clusterObjects.read(sourceAt));
}

export const fluxReconcile = writeCommand(FLUX, reconcile, {
  title: 'Reconcile an object of Flux now',
  description:
    'Asks the controller of an object to handle it now, optionally its source first. Waits until exactly this request is handled and the newest specification is ready, or says what is missing.',
  kind: 'write',
  positional: ['kind', 'name'],
  example: {
    title: 'A Kustomization with its source',
    input: {
      kind: 'kustomizations',
      namespace: 'shop',
      name: 'apps',
      with_source: true,
      digest: '0123456789abcdef',
    },
  },
});
