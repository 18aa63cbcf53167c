import { plural } from '../../domain/plural.ts';
import { z } from 'zod';
import { DEFAULT_BYTES, maxBytes, objectFields } from '../../contract/cluster-object.ts';
import { parse } from '../../contract/parse.ts';
import type { ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { titleOf } from '../../domain/cluster-objects/object-ref.ts';
import { fitted } from '../../domain/cluster-objects/fitted.ts';
import { isFlux } from '../../domain/flux/flux-kinds.ts';
import { inventoryOf } from '../../domain/flux/inventory.ts';
import { keyOf, ownKey, referencesOf } from '../../domain/flux/references.ts';
import type { ObjectAt } from '../../ports/cluster-objects.ts';
import type { Command, CommandContext } from '../../commands/command.ts';
import { identityOf, located, objectText } from '../../commands/objects/located.ts';
import { fluxObjects } from './read-objects.ts';
import { foundReconciler } from './found-reconciler.ts';
import { entryText } from './inventory-text.ts';
import { missing, parentSteps, sourceSteps, stepOf, type TraceStep } from './trace-steps.ts';

const input = z.strictObject({ ...objectFields, max_bytes: maxBytes });
const step = z.strictObject({
  step: z.enum(['object', 'applied', 'reconciler', 'chart', 'source', 'parent']),
  object: z.string(),
  state: z.string().optional(),
  message: z.string().optional(),
  revision: z.string().optional(),
  commit: z.string().optional(),
  url: z.string().optional(),
  ref: z.string().optional(),
  problem: z.string().optional(),
});
const output = z.strictObject({
  kind: z.string(),
  api_version: z.string(),
  namespace: z.string().optional(),
  name: z.string(),
  managed: z.boolean().describe('Flux has applied it, or it is an object of Flux.'),
  how: z.string().describe('How that is known.'),
  chain: z
    .array(step)
    .describe('From the object over its reconciler to its source and commit; then what applied the reconciler.'),
  applies: z.array(z.string()).optional().describe('For a reconciler: its inventory.'),
  applies_total: z.number().optional(),
  used_by: z.array(z.string()).optional().describe('The objects of Flux that name it.'),
  left_out: z.array(z.string()),
});
type Output = z.output<typeof output>;
type Traced = Omit<Output, 'kind' | 'api_version' | 'namespace' | 'name'>;

export const fluxTrace: Command<typeof input, typeof output> = {
  name: 'flux_trace',
  title: 'Trace an object to its source, or a source to its objects',
  description:
    'From any object to the Kustomization or HelmRelease that applied it, its source, revision and commit; and from an object of Flux to what it applies and what uses it.',
  kind: 'read',
  idempotent: true,
  toolset: 'flux',
  positional: ['kind', 'name'],
  input,
  output,
  listed: { output: ['managed', 'chain', 'applies', 'used_by'] },
  examples: [
    { title: 'Where a Deployment comes from', input: { kind: 'deployments', namespace: 'shop', name: 'shop' } },
    { title: 'What a source feeds', input: { kind: 'gitrepositories', namespace: 'shop', name: 'apps' } },
  ],
  check: (raw) => parse(input, raw ?? {}),
  async run(context, { max_bytes: max = DEFAULT_BYTES, ...asked }) {
    const at = await located(context, asked);
    const object = await context.ports.clusterObjects.read(at);
    const traced = isFlux(at.kind) ? await ofFlux(context, at, object) : await ofOther(context, at, object);
    const { value, leftOut } = fitted(traced, max);
    return { ...identityOf(at), ...value, left_out: [...traced.left_out, ...leftOut] };
  },
  text: (answer) => lines(answer).join('\n'),
};

/** A Flux object: what it is made from, what it applies, and what names it. */
async function ofFlux(context: CommandContext, at: ObjectAt, object: ApiObject): Promise<Traced> {
  const [sources, parents, all] = await Promise.all([
    sourceSteps(context, at.cluster, object),
    parentSteps(context, at.cluster, object),
    fluxObjects(context, { cluster: at.cluster }),
  ]);
  const own = ownKey(object);
  const users = all.objects.filter((one) => referencesOf(one).some((reference) => keyOf(reference) === own));
  const inventory = inventoryOf(object);
  return {
    managed: true,
    how: 'It is an object of Flux.',
    chain: [stepOf('object', object), ...sources, ...parents],
    ...(inventory ? { applies: inventory.map(entryText), applies_total: inventory.length } : {}),
    used_by: users.map(titleOf),
    left_out: [...all.notRead],
  };
}

async function ofOther(context: CommandContext, at: ObjectAt, object: ApiObject): Promise<Traced> {
  const found = await foundReconciler(context, at, object);
  const { applied, reconciler, kind, namespace = '', name = '', how, notRead } = found;
  const chain: TraceStep[] = [{ step: 'object', object: objectText(at) }];
  if (applied && applied !== object) chain.push({ step: 'applied', object: titleOf(applied) });
  if (reconciler) {
    const [sources, parents] = await Promise.all([
      sourceSteps(context, at.cluster, reconciler),
      parentSteps(context, at.cluster, reconciler),
    ]);
    chain.push(stepOf('reconciler', reconciler), ...sources, ...parents);
  } else if (kind !== undefined) chain.push(missing('reconciler', { kind, namespace, name }, how));
  return { managed: applied !== undefined, how, chain, left_out: [...notRead] };
}

function lines({ chain, how, applies, applies_total: total = 0, used_by: users = [], left_out: leftOut }: Output) {
  return [
    ...chain.map(stepLine),
    how,
    ...(applies ? [`It has applied ${plural(total, 'object')}: ${applies.join(', ')}`] : []),
    ...(users.length > 0 ? [`Used by ${users.join(', ')}.`] : []),
    ...(leftOut.length > 0 ? [`Left out: ${leftOut.join('; ')}.`] : []),
  ];
}

function stepLine({ step: what, object, state, message, revision, url, ref, problem }: z.output<typeof step>): string {
  const parts = [
    `${what}: ${object}`,
    ...(state === undefined ? [] : [state]),
    ...(revision === undefined ? [] : [`revision ${revision}`]),
    ...(url === undefined ? [] : [url]),
    ...(ref === undefined ? [] : [ref]),
    ...(message === undefined ? [] : [message]),
    ...(problem === undefined ? [] : [problem]),
  ];
  return parts.join(', ');
}
