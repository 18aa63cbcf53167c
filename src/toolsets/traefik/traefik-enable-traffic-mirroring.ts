import { z } from 'zod';
import { effectFields, effectProblem } from '../../contract/effect.ts';
import { mirrorSnapshot } from '../../contract/mirror-snapshot.ts';
import { parse } from '../../contract/parse.ts';
import { objectName, routeFields, takeOver } from '../../contract/place.ts';
import type { Effect } from '../../domain/effect.ts';
import { SluiceError } from '../../domain/errors.ts';
import { cleanText } from '../../domain/safe-text.ts';
import type { MirrorView, DesiredMirror } from '../../ports/middlewares.ts';
import type { Command, Confirmation } from '../../commands/command.ts';
import { confirmField, requireConfirmation } from '../../commands/confirm.ts';
import { outcomeText } from '../../commands/effect-text.ts';
import { refuseOwnedRoute, routeTarget } from './route-target.ts';
import type { RouteTarget } from './route-target.ts';

const input = z.strictObject({
  ...routeFields,
  main_service: objectName
    .optional()
    .describe('What answers users: the route itself (default), or its Service that has all the weight.'),
  mirror_service: objectName.optional().describe('Service that gets the copies; its answers are dropped.'),
  mirror_port: z.string().max(63).optional().describe('Default: its only port.'),
  mirror_percent: z.int().min(0).max(100).describe('Share of requests to copy; 0 switches mirroring off.'),
  mirror_writes: z
    .boolean()
    .optional()
    .describe('Copy every method, POST and DELETE included. Default: GET, HEAD and OPTIONS only.'),
  max_body_size: z
    .int()
    .min(0)
    .max(2 ** 40)
    .optional()
    .describe('Bytes; requests with longer bodies are not copied.'),
  take_over: takeOver,
  confirm: confirmField,
});
type Input = z.output<typeof input>;
const output = z.strictObject({
  ...effectFields(mirrorSnapshot),
  mirrored: z.string().describe('Which methods are mirrored, where to.'),
});

export const traefikEnableTrafficMirroring: Command<typeof input, typeof output> = {
  name: 'traefik_enable_traffic_mirroring',
  title: 'Mirror the traffic of a route',
  description:
    'Copies a share of the requests of a route to another Service and drops its answers: users get answers from the route alone. Only methods that change nothing are copied unless mirror_writes is set, which must be confirmed.',
  kind: 'destructive',
  idempotent: true,
  toolset: 'traefik',
  input,
  output,
  examples: [
    {
      title: 'A fifth of the reads to staging',
      input: { namespace: 'shop', route_name: 'api', mirror_service: 'api-staging', mirror_percent: 20 },
    },
    { title: 'Switch it off', input: { namespace: 'shop', route_name: 'api', mirror_percent: 0 } },
  ],
  check: (raw) => checkInput(parse(input, raw ?? {})),
  confirmation: async (_, call) => confirmation(call),
  async run(context, call) {
    const target = await routeTarget(context, call);
    refuseOwnedRoute(target);
    requireConfirmation(confirmation(call), call.confirm);
    const { middlewares } = context.ports;
    if (call.mirror_percent === 0) return toAnswer(await middlewares.unmirror(target.ref, call.take_over ?? false));
    const refused = await refuseMain(context, target, call);
    if (refused !== undefined) return toAnswer(await unchanged(middlewares.readMirror(target.ref), refused));
    return toAnswer(await middlewares.mirror(target.ref, desiredMirror(call)));
  },
  problem: effectProblem,
  text: (answer) => `${outcomeText(answer)}\n${answer.mirrored}`,
};

function checkInput(call: Input): Input {
  if (call.mirror_percent === 0) return call;
  if (call.mirror_service === undefined) throw new SluiceError('INVALID_INPUT', 'mirror_service: is missing');
  if (call.mirror_service === call.main_service)
    throw new SluiceError('INVALID_INPUT', 'mirror_service: is the same as main_service');
  return call;
}

/** Copied writes are executed twice and cannot be undone. */
function confirmation({
  namespace,
  route_name: route,
  mirror_service: service,
  mirror_percent: percent,
  mirror_writes: writes,
}: Input): Confirmation | undefined {
  if (!writes || percent === 0) return undefined;
  return {
    value: `${namespace}/${route}`,
    question: `${percent} % of all requests of ${namespace}/${route}, POST, PUT and DELETE included, would be carried out by ${service ?? ''} a second time.`,
  };
}

function desiredMirror(call: Input): DesiredMirror {
  return {
    service: call.mirror_service ?? '',
    ...(call.mirror_port !== undefined && { port: call.mirror_port }),
    percent: call.mirror_percent,
    methods: call.mirror_writes ? 'all' : 'safe',
    ...(call.max_body_size !== undefined && { maxBodySize: call.max_body_size }),
    takeOver: call.take_over ?? false,
  };
}

/**
 * The mirror is placed around the whole route, so that its weights stay in force. A text is the reason for a refusal of
 * any other place.
 */
async function refuseMain(
  { ports }: Parameters<typeof routeTarget>[0],
  { ref }: RouteTarget,
  call: Input,
): Promise<string | undefined> {
  const { weights } = await ports.split.read(ref);
  const share = (service: string | undefined) =>
    weights.filter((entry) => entry.service === service).reduce((sum, { weight }) => sum + weight, 0);
  const total = weights.reduce((sum, { weight }) => sum + weight, 0);
  if (share(call.mirror_service) > 0)
    return `Service ${call.mirror_service ?? ''} answers users already: it has weight ${share(call.mirror_service)} in ${ref.name}`;
  const main = call.main_service ?? ref.name;
  if (main === ref.name || (total > 0 && share(main) === total)) return undefined;
  return `${main} does not answer the users of ${ref.name} (weights: ${weights.map(({ service, weight }) => `${service} ${weight}`).join(', ') || 'none'}); mirror the whole route, with main_service ${ref.name}`;
}

async function unchanged(read: Promise<MirrorView>, reason: string): Promise<Effect<MirrorView>> {
  const view = await read;
  return { changed: false, effective: 'refused', reason: cleanText(reason), before: view, after: view };
}

const METHODS = { safe: ['GET', 'HEAD', 'OPTIONS'], all: ['*'] } as const;

function toSnapshot(view: MirrorView): z.output<typeof mirrorSnapshot> {
  return {
    namespace: view.ref.namespace,
    route_name: view.ref.name,
    ...(view.service !== undefined && { mirror_service: view.service }),
    mirror_percent: view.percent ?? 0,
    methods: view.methods ? [...METHODS[view.methods]] : [],
    rules: view.rules.map((rule) => cleanText(rule)),
    in_force: view.replicas.map(({ replica, percent, rules, error }) => ({
      replica,
      mirror_percent: percent ?? 0,
      rules: rules.length,
      ...(error !== undefined && { error: cleanText(error) }),
    })),
  };
}

function toAnswer({ changed, effective, reason, before, after }: Effect<MirrorView>): z.output<typeof output> {
  const mirrored =
    after?.methods && after.service !== undefined && after.rules.length > 0
      ? mirroredText(after.methods, after.percent ?? 0, after.service)
      : 'Nothing is mirrored.';
  return {
    changed,
    effective,
    reason,
    ...(before && { before: toSnapshot(before) }),
    ...(after && { after: toSnapshot(after) }),
    mirrored,
  };
}

function mirroredText(methods: 'safe' | 'all', percent: number, service: string): string {
  if (methods === 'safe')
    return `${percent} % of GET, HEAD and OPTIONS requests are copied to ${service}; no other methods are.`;
  return `${percent} % of all requests are copied to ${service}: POST, PUT, PATCH and DELETE included.`;
}
