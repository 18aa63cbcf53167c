import { z } from 'zod';
import { DEFAULT_BYTES, maxBytes, objectFields } from '../../contract/cluster-object.ts';
import { parse } from '../../contract/parse.ts';
import { metaOf, type ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { fitted } from '../../domain/cluster-objects/fitted.ts';
import { managersOf } from '../../domain/cluster-objects/managing-tool.ts';
import { maskedObject } from '../../domain/cluster-objects/masked-object.ts';
import { ignoreFailure } from '../../domain/errors.ts';
import type { ObjectAt } from '../../ports/cluster-objects.ts';
import type { Command, CommandContext } from '../../commands/command.ts';
import { eventLine, eventRow, eventSelector, eventsIn } from '../../commands/objects/events.ts';
import { identityOf, located } from '../../commands/objects/located.ts';
import { ownerChain } from '../../commands/objects/owner-chain.ts';
import { referrersOf } from './referrers.ts';

const input = z.strictObject({ ...objectFields, max_bytes: maxBytes });
const output = z.strictObject({
  kind: z.string(),
  api_version: z.string(),
  namespace: z.string().optional(),
  name: z.string(),
  object: z.record(z.string(), z.unknown()),
  owners: z
    .array(z.strictObject({ kind: z.string(), name: z.string(), problem: z.string().optional() }))
    .describe('Its owner, the owner of that one, and so on.'),
  managed_by: z.array(z.strictObject({ tool: z.string(), what: z.string(), will_do: z.string() })),
  referred_by: z.array(z.strictObject({ kind: z.string(), name: z.string(), how: z.string() })),
  events: z.array(eventRow),
  left_out: z.array(z.string()).describe('What is not in this answer, and why.'),
});
type Output = z.output<typeof output>;

const MAX_EVENTS = 10;

export const k8sDescribe: Command<typeof input, typeof output> = {
  name: 'k8s_describe',
  title: 'Describe an object and what belongs to it',
  description:
    'One object with its owners, the tools that manage it (Helm, Flux, Argo CD, a controller), the objects that refer to it, and its newest events. Secrets are masked.',
  kind: 'read',
  idempotent: true,
  toolset: 'kubernetes',
  prefix: 'k8s',
  positional: ['kind', 'name'],
  input,
  output,
  examples: [
    { title: 'A Service, and what refers to it', input: { kind: 'services', namespace: 'shop', name: 'web-stable' } },
  ],
  check: (raw) => parse(input, raw ?? {}),
  async run(context, { max_bytes: max = DEFAULT_BYTES, ...asked }) {
    const at = await located(context, asked);
    const object = await context.ports.clusterObjects.read(at);
    return toAnswer(at, object, await around(context, at, object), max);
  },
  text: (answer) => lines(answer).join('\n'),
};

/** What belongs to the object. What could not be read is named, and does not prevent the answer. */
async function around(context: CommandContext, at: ObjectAt, object: ApiObject) {
  const { name, namespace } = metaOf(object);
  const selector = eventSelector({ kind: at.kind.kind, name });
  const [owners, referred, events] = await Promise.all([
    ownerChain(context, at, object),
    namespace === undefined ? { referrers: [], notSearched: [] } : referrersOf(context, at, object),
    eventsIn(context, at.cluster, [namespace], selector, [at.kind]).catch(ignoreFailure),
  ]);
  return { owners, referred, events };
}

function toAnswer(at: ObjectAt, object: ApiObject, found: Awaited<ReturnType<typeof around>>, max: number): Output {
  const { owners, referred, events } = found;
  const { value, leftOut } = fitted(
    {
      owners: owners.map(({ kind, name, problem }) => ({ kind, name, ...(problem === undefined ? {} : { problem }) })),
      managed_by: managersOf(object).map(({ tool, what, willDo }) => ({ tool, what, will_do: willDo })),
      referred_by: referred.referrers.map((one) => ({ ...one })),
      events: (events?.events ?? []).slice(0, MAX_EVENTS).map((event) => ({ ...event })),
      object: maskedObject(object),
    },
    max,
  );
  const more = (events?.events.length ?? 0) - MAX_EVENTS;
  return {
    ...identityOf(at),
    ...value,
    left_out: [
      ...leftOut,
      ...referred.notSearched,
      ...(events === undefined ? ['events: they could not be read'] : []),
      ...(more > 0 ? [`events: ${more} older ones; k8s_events lists them`] : []),
    ],
  };
}

function lines({ object, owners, managed_by: managers, referred_by: referrers, events, left_out: leftOut }: Output) {
  return [
    JSON.stringify(object, null, 1),
    ...(owners.length > 0 ? [`Owners: ${owners.map(({ kind, name }) => `${kind} ${name}`).join(', ')}.`] : []),
    ...managers.map(({ tool, what, will_do: willDo }) => `Managed by ${tool} (${what}). ${willDo}`),
    ...referrers.map(({ kind, name, how }) => `${kind} ${name} ${how}.`),
    ...events.map(eventLine),
    ...(leftOut.length > 0 ? [`Left out: ${leftOut.join('; ')}.`] : []),
  ];
}
