import { z } from 'zod';
import { duration, toMs } from '../../contract/duration.ts';
import { effectFields, effectProblem } from '../../contract/effect.ts';
import { middlewareSnapshot } from '../../contract/middleware-snapshot.ts';
import { parse } from '../../contract/parse.ts';
import { valuesOf } from '../../contract/setting.ts';
import { objectName, routeFields, takeOver } from '../../contract/place.ts';
import type { Command } from '../../commands/command.ts';
import { outcomeText } from '../../commands/effect-text.ts';
import { toAnswer } from './middleware-answer.ts';
import { canaryService, refuseOwnedRoute, routeTarget } from './route-target.ts';
import { settings } from './settings.ts';

const share = z.number().gt(0).lt(1);
const input = z.strictObject({
  ...routeFields,
  middleware_name: objectName.describe('Middleware to make or change.'),
  threshold: share
    .optional()
    .describe('Share of 5xx answers above which it opens. Default: setting TRAEFIK_CIRCUIT_BREAKER_THRESHOLD.'),
  network_error_threshold: share.optional().describe('Also opens above this share of network errors.'),
  latency_ms: z.int().min(1).max(3_600_000).optional().describe('Also opens when the median answer takes longer.'),
  check_period: duration.optional().describe('Default 100ms.'),
  fallback_duration: duration.optional().describe('How long it stays open. Default 10s.'),
  recovery_duration: duration.optional().describe('Over how long it closes again. Default 10s.'),
  response_code: z.int().min(400).max(599).optional().describe('What it answers while open. Default 503.'),
  canary_service: objectName.optional().describe("Default: the Rollout's."),
  take_over: takeOver,
});
const output = z.strictObject(effectFields(middlewareSnapshot));

export const traefikAddCircuitBreaker: Command<typeof input, typeof output> = {
  name: 'traefik_add_circuit_breaker',
  title: 'Break the circuit to a bad canary',
  description:
    'Makes a circuit breaker and attaches it to the canary Service alone, so that stable is never cut. Needs Traefik 3.7 or later. While open, the canary share gets response_code, which Traefik counts for no service; nothing is rolled back.',
  kind: 'write',
  idempotent: true,
  toolset: 'traefik',
  input,
  output,
  examples: [
    {
      title: 'Open at 30 % errors of the canary',
      input: {
        namespace: 'shop',
        route_name: 'api',
        canary_service: 'api-canary',
        middleware_name: 'api-breaker',
        threshold: 0.3,
      },
    },
  ],
  check: (raw) => parse(input, raw ?? {}),
  async run(context, call) {
    const target = await routeTarget(context, call);
    refuseOwnedRoute(target);
    const { circuitBreakerThreshold } = valuesOf(settings, context.settings);
    const spec = { circuitBreaker: breaker(call, circuitBreakerThreshold) };
    const service = canaryService(target, call.canary_service);
    return toAnswer(
      await context.ports.middlewares.put(target.ref, {
        name: call.middleware_name,
        spec,
        place: { on: 'service', service },
        takeOver: call.take_over ?? false,
      }),
    );
  },
  problem: effectProblem,
  text: outcomeText,
};

function breaker(call: z.output<typeof input>, threshold: number): Record<string, unknown> {
  return {
    expression: expression(call, threshold),
    checkPeriod: millis(call.check_period ?? '100ms'),
    fallbackDuration: millis(call.fallback_duration ?? '10s'),
    recoveryDuration: millis(call.recovery_duration ?? '10s'),
    responseCode: call.response_code ?? 503,
  };
}

/** Upper bounds are exclusive. Source: github.com/vulcand/oxy v2, cbreaker/predicates.go. */
function expression(call: z.output<typeof input>, threshold: number): string {
  const errors = `ResponseCodeRatio(500, 600, 0, 600) > ${decimal(call.threshold ?? threshold)}`;
  const network =
    call.network_error_threshold === undefined
      ? []
      : [`NetworkErrorRatio() > ${decimal(call.network_error_threshold)}`];
  const latency = call.latency_ms === undefined ? [] : [`LatencyAtQuantileMS(50.0) > ${call.latency_ms}`];
  return [errors, ...network, ...latency].join(' || ');
}

/** The grammar accepts 0.3 for a share, but neither 1 nor 1e-7. */
function decimal(value: number): string {
  return value.toFixed(6).replace(/0+$/, '').replace(/\.$/, '.0');
}

function millis(text: string): string {
  return `${toMs(text)}ms`;
}
