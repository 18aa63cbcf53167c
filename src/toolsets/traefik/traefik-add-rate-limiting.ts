import { z } from 'zod';
import { duration, toMs } from '../../contract/duration.ts';
import { toDuration } from '../../domain/duration-text.ts';
import { effectFields, effectProblem } from '../../contract/effect.ts';
import { middlewareSnapshot } from '../../contract/middleware-snapshot.ts';
import { parse } from '../../contract/parse.ts';
import { objectName, routeFields, takeOver } from '../../contract/place.ts';
import type { Command } from '../../commands/command.ts';
import { outcomeText } from '../../commands/effect-text.ts';
import { toAnswer } from './middleware-answer.ts';
import { canaryService, refuseOwnedRoute, routeTarget } from './route-target.ts';
import { plural } from '../../domain/plural.ts';

const MAX_REQUESTS = 1_000_000_000;
const input = z.strictObject({
  ...routeFields,
  middleware_name: objectName.describe('Middleware to make or change.'),
  average: z
    .int()
    .min(1, 'must be at least 1: to Traefik 0 means no limit')
    .max(MAX_REQUESTS)
    .describe('Requests per period that each Traefik replica lets through.'),
  period: duration.optional().describe('Default 1s.'),
  burst: z.int().min(1).max(MAX_REQUESTS).optional().describe('Requests at once. Default: average.'),
  attach: z
    .enum(['canary', 'route'])
    .optional()
    .describe('canary (default): the new version only, Traefik 3.7 or later; route: every rule of the route.'),
  per: z
    .enum(['host', 'client'])
    .optional()
    .describe('host (default): all clients together; client: each remote address by itself.'),
  canary_service: objectName.optional().describe("Default: the Rollout's."),
  take_over: takeOver,
});
const output = z.strictObject({
  ...effectFields(middlewareSnapshot),
  limit: z.string().describe('The total limit over all replicas.'),
});
type Input = z.output<typeof input>;

export const traefikAddRateLimiting: Command<typeof input, typeof output> = {
  name: 'traefik_add_rate_limiting',
  title: 'Limit the rate of a route',
  description:
    'Makes a rate limit and attaches it to the canary alone, or to the whole route. Each Traefik replica counts by itself: N replicas let N times the average through.',
  kind: 'write',
  idempotent: true,
  toolset: 'traefik',
  input,
  output,
  examples: [
    {
      title: 'At most 100 requests a second for each replica',
      input: {
        namespace: 'shop',
        route_name: 'api',
        canary_service: 'api-canary',
        middleware_name: 'api-limit',
        average: 100,
      },
    },
  ],
  check: (raw) => parse(input, raw ?? {}),
  async run(context, call) {
    const target = await routeTarget(context, call);
    refuseOwnedRoute(target);
    const place =
      call.attach === 'route'
        ? ({ on: 'route' } as const)
        : ({ on: 'service', service: canaryService(target, call.canary_service) } as const);
    const effect = await context.ports.middlewares.put(target.ref, {
      name: call.middleware_name,
      spec: { rateLimit: settings(call) },
      place,
      takeOver: call.take_over ?? false,
    });
    return {
      ...toAnswer(effect),
      limit: limitText(call, effect.after?.replicas.length ?? 0, effect.after?.attachedTo ?? []),
    };
  },
  problem: effectProblem,
  text: (answer) => `${outcomeText(answer)}\n${answer.limit}`,
};

function settings({ average, period, burst, per }: Input): Record<string, unknown> {
  return {
    average,
    period: periodOf(period),
    burst: burst ?? average,
    sourceCriterion: per === 'client' ? { ipStrategy: {} } : { requestHost: true },
  };
}

/** Converts days, because Traefik's durations have none. */
function periodOf(period = '1s'): string {
  return toMs(period) % 1000 === 0 ? `${toMs(period) / 1000}s` : `${toMs(period)}ms`;
}

function limitText({ average, period = '1s', per }: Input, replicas: number, places: readonly string[]): string {
  const one = `${average} requests per ${toDuration(toMs(period))}${per === 'client' ? ' of each remote address' : ' of each host'}`;
  const rules = places.filter((place) => place.startsWith('IngressRoute')).length;
  const each =
    rules > 1
      ? `Each Traefik replica counts by itself, and each of the ${rules} rules too: ${one}`
      : `Each Traefik replica counts by itself: ${one}`;
  const counters = replicas * Math.max(1, rules);
  return replicas === 0
    ? `${each}; how many replicas there are is not known.`
    : `${each}, so at most ${average * counters} over ${plural(replicas, 'replica')}.`;
}
