import { plural } from '../../domain/plural.ts';
import { z } from 'zod';
import { DEFAULT_BYTES, maxBytes, objectFields } from '../../contract/cluster-object.ts';
import { parse } from '../../contract/parse.ts';
import { recordsAt, textAt, type ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { fitted } from '../../domain/cluster-objects/fitted.ts';
import { maskedObject } from '../../domain/cluster-objects/masked-object.ts';
import { ignoreFailure } from '../../domain/errors.ts';
import { conditionsOf, fluxState } from '../../domain/flux/flux-state.ts';
import { inventoryOf } from '../../domain/flux/inventory.ts';
import { referencesOf } from '../../domain/flux/references.ts';
import { suspensionOf } from '../../domain/flux/suspension.ts';
import type { ObjectAt } from '../../ports/cluster-objects.ts';
import type { Command, CommandContext } from '../../commands/command.ts';
import { eventLine, eventRow, eventSelector, eventsIn } from '../../commands/objects/events.ts';
import { identityOf } from '../../commands/objects/located.ts';
import { locatedFlux } from './read-objects.ts';
import { entryText } from './inventory-text.ts';
import { suspensionFields, suspensionText } from './suspension-row.ts';

const input = z.strictObject({ ...objectFields, max_bytes: maxBytes });
const output = z.strictObject({
  kind: z.string(),
  api_version: z.string(),
  namespace: z.string().optional(),
  name: z.string(),
  state: z.string().describe('ready, not ready, in progress, suspended, or none without a status.'),
  current: z.boolean().describe('The conditions are about the newest specification.'),
  revision: z.string().optional().describe('What it made available or applied last.'),
  revision_at: z.string().optional(),
  last_attempted: z.string().optional().describe('The revision that it tried last.'),
  last_request: z.string().optional().describe('The last request to reconcile that was handled.'),
  suspension: z.strictObject(suspensionFields).optional(),
  conditions: z.array(
    z.strictObject({
      type: z.string(),
      status: z.string(),
      reason: z.string(),
      message: z.string(),
      since: z.string().optional(),
    }),
  ),
  refers_to: z.array(z.string()),
  inventory: z.array(z.string()).optional().describe('What it has applied. Absent: its status has no inventory.'),
  inventory_total: z.number().optional(),
  history: z.array(z.record(z.string(), z.unknown())).describe('Newest first.'),
  events: z.array(eventRow),
  spec: z.record(z.string(), z.unknown()),
  left_out: z.array(z.string()).describe('What is not in this answer, and why.'),
});
type Output = z.output<typeof output>;

const MAX_EVENTS = 5;
const MAX_HISTORY = 5;

export const fluxGet: Command<typeof input, typeof output> = {
  name: 'flux_get',
  title: 'Read one object of Flux',
  description:
    'One object of Flux: conditions, revisions, suspension, what it refers to and has applied, its history and newest events. Secrets are masked.',
  kind: 'read',
  idempotent: true,
  toolset: 'flux',
  positional: ['kind', 'name'],
  input,
  output,
  listed: { output: ['state', 'conditions', 'left_out'] },
  examples: [{ title: 'A Kustomization', input: { kind: 'kustomizations', namespace: 'shop', name: 'apps' } }],
  check: (raw) => parse(input, raw ?? {}),
  async run(context, { max_bytes: max = DEFAULT_BYTES, ...asked }) {
    const at = await locatedFlux(context, asked);
    const object = await context.ports.clusterObjects.read(at);
    return toAnswer(at, object, await newestEvents(context, at), { max, now: context.ports.now() });
  },
  text: (answer) => lines(answer).join('\n'),
};

async function newestEvents(context: CommandContext, { cluster, kind, namespace, name }: ObjectAt) {
  const selector = eventSelector({ kind: kind.kind, name });
  return (await eventsIn(context, cluster, [namespace], selector, [kind]).catch(ignoreFailure))?.events;
}

function toAnswer(
  at: ObjectAt,
  object: ApiObject,
  events: Awaited<ReturnType<typeof newestEvents>>,
  { max, now }: { readonly max: number; readonly now: number },
): Output {
  const { value, leftOut } = fitted({ ...stateOf(object, now), ...partsOf(object, events ?? []) }, max);
  const older = (events?.length ?? 0) - MAX_EVENTS;
  return {
    ...identityOf(at),
    ...value,
    left_out: [
      ...leftOut,
      ...(events === undefined ? ['events: they could not be read'] : []),
      ...(older > 0 ? [`events: ${older} older ones; flux_events lists them`] : []),
    ],
  };
}

function stateOf(object: ApiObject, now: number) {
  const { readiness, current, revision, revisionAt } = fluxState(object);
  const suspension = suspensionOf(object, now);
  const attempted = textAt(object, 'status', 'lastAttemptedRevision');
  const request = textAt(object, 'status', 'lastHandledReconcileAt');
  return {
    state: readiness as string,
    current,
    ...(revision === undefined ? {} : { revision }),
    ...(revisionAt === undefined ? {} : { revision_at: revisionAt }),
    ...(attempted === undefined ? {} : { last_attempted: attempted }),
    ...(request === undefined ? {} : { last_request: request }),
    ...(suspension ? { suspension: { ...suspension } } : {}),
  };
}

function partsOf(object: ApiObject, events: readonly z.output<typeof eventRow>[]) {
  const inventory = inventoryOf(object);
  const masked = maskedObject({ kind: object['kind'], spec: object['spec'] ?? {} });
  const history = recordsAt(maskedObject({ history: recordsAt(object, 'status', 'history') }), 'history');
  return {
    conditions: conditionsOf(object).map(({ since, ...one }) => ({
      ...one,
      ...(since === undefined ? {} : { since }),
    })),
    refers_to: referencesOf(object).map(({ kind, namespace, name, as }) => `${as}: ${kind} ${namespace}/${name}`),
    ...(inventory ? { inventory: inventory.map(entryText), inventory_total: inventory.length } : {}),
    history: history.slice(0, MAX_HISTORY).map((one) => ({ ...one })),
    events: events.slice(0, MAX_EVENTS).map((event) => ({ ...event })),
    spec: masked['spec'] as Record<string, unknown>,
  };
}

function lines(answer: Output): readonly string[] {
  const { kind, namespace = '', name, state, current, revision, revision_at: at, suspension, conditions } = answer;
  const { refers_to: refersTo, inventory, inventory_total: total = 0, events, left_out: leftOut } = answer;
  const dated = at === undefined ? '' : ` since ${at}`;
  return [
    `${kind} ${namespace}/${name} is ${state}${revision === undefined ? '' : ` at ${revision}${dated}`}.`,
    ...(current || state === 'none' ? [] : ['Its conditions are about an older specification.']),
    ...(suspension ? [suspensionText(suspension)] : []),
    ...conditions.map(({ type, status, reason, message }) => `${type} ${status} ${reason}: ${message}`),
    ...refersTo,
    ...(inventory ? [`It has applied ${plural(total, 'object')}: ${inventory.join(', ')}`] : []),
    ...events.map(eventLine),
    ...(leftOut.length > 0 ? [`Left out: ${leftOut.join('; ')}.`] : []),
  ];
}
