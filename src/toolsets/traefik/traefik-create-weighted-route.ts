import { z } from 'zod';
import { argoStrategy } from '../../domain/argo-strategies.ts';
import { effectProblem } from '../../contract/effect.ts';
import { parse } from '../../contract/parse.ts';
import { objectName, routeFields } from '../../contract/place.ts';
import { isHostname, isPathPrefix } from '../../domain/route/rule.ts';
import type { RolloutState } from '../../domain/rollout.ts';
import type { RoutePlan } from '../../ports/routes.ts';
import type { Command } from '../../commands/command.ts';
import { proveRoute, serves } from '../../commands/prove-route.ts';
import { effectText, refused, routeEffect, weightsText } from './route-answer.ts';
import { planRoute } from './route-plan.ts';
import { rolloutsInNamespace, rolloutsOver, routeRef, writerOf } from './route-rollouts.ts';
import { toRouteSnapshot } from './route-snapshot.ts';

const input = z.strictObject({
  ...routeFields,
  route_name: routeFields.route_name.describe('Name of the new TraefikService and IngressRoute.'),
  hostname: z
    .string()
    .refine(isHostname, 'must be a DNS name in lower case, as in api.example.com')
    .describe('Host that the route answers.'),
  path_prefix: z
    .string()
    .refine(isPathPrefix, 'must be an absolute path of letters, digits, "-", "_", ".", "~" and "/"')
    .optional()
    .describe('Only paths with this prefix.'),
  entry_points: z
    .array(z.string().regex(/^[\w-]{1,63}$/, 'must be a name of an entry point'))
    .max(20)
    .optional()
    .describe("Traefik's entry points; its default ones when absent."),
  stable_service: objectName.optional().describe('Default: of the Rollout, else <route_name>-stable.'),
  canary_service: objectName.optional().describe('Default: of the Rollout, else <route_name>-canary.'),
  port: z.number().int().min(1).max(65535).optional().describe('Of both Services. Default: their only one.'),
  rollout: objectName.optional().describe('The Rollout whose Services these are.'),
  native_lb: z.boolean().optional().describe("Send requests to the Services' own addresses, not to their pods'."),
});
const output = z.strictObject(routeEffect);

export const traefikCreateWeightedRoute: Command<typeof input, typeof output> = {
  name: 'traefik_create_weighted_route',
  title: 'Create a weighted route',
  description:
    'Creates a TraefikService over a stable and a canary Service, with all requests to stable, and an IngressRoute of the same name for a host. Both get a dry run first, and are proved on every Traefik replica. Refused in the middle of an update of the Rollout.',
  kind: 'write',
  idempotent: true,
  toolset: 'traefik',
  input,
  output,
  examples: [{ title: 'For a host', input: { namespace: 'shop', route_name: 'api', hostname: 'api.example.com' } }],
  check: (raw) => parse(input, raw),
  async run(context, given) {
    const ref = await routeRef(context, given);
    const rollouts = await rolloutsInNamespace(context, ref);
    const { plan, refusal } = await planRoute(context, ref, given, rollouts);
    if (refusal) return refused(refusal.reason, undefined, refusal.next);
    const made = await context.ports.routes.create(ref, plan);
    const view = await context.ports.routes.read(ref);
    const weights = view.entries.map(({ weight }) => weight);
    const proof = await proveRoute(
      context,
      view,
      serves(weights, `${plan.match} with ${weightsText(view, weights)}`, plan.match),
    );
    const writer = writerOf(rollouts, ref)?.target.rollout;
    const after = toRouteSnapshot(proof.effective === 'proved' ? await context.ports.routes.read(ref) : view, writer);
    const done = made.length > 0 ? `Made ${made.join(' and ')}` : 'Both already existed exactly like this';
    return {
      changed: made.length > 0,
      effective: proof.effective,
      reason: `${done}; ${proof.reason}`,
      ...(made.length === 0 && { before: after }),
      after,
      next: whoWrites(rollouts, plan, writer),
    };
  },
  problem: effectProblem,
  text: (answer) =>
    effectText(answer.after ? `${answer.after.namespace}/${answer.after.route_name}` : 'The route', answer),
};

function whoWrites(
  rollouts: readonly RolloutState[],
  { stable, canary }: RoutePlan,
  writer: string | undefined,
): string {
  if (writer !== undefined) return `Rollout ${writer} names this TraefikService: Argo writes the weights.`;
  const canaries = rolloutsOver(rollouts, [stable, canary]).filter(
    (rollout) => argoStrategy(rollout).writesWeights && rollout.traefikService === undefined,
  );
  const names = canaries.map(({ target }) => target.rollout).join(', ');
  const own = 'Change the weights with traefik_update_route_weights';
  return names
    ? `${own}; or name this TraefikService in trafficRouting.traefik of Rollout ${names}, and Argo writes them.`
    : `${own}.`;
}
