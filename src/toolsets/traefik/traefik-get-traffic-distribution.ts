import { z } from 'zod';
import { parse } from '../../contract/parse.ts';
import { routeFields } from '../../contract/place.ts';
import { routeSnapshot } from '../../contract/route-snapshot.ts';
import { SluiceError } from '../../domain/errors.ts';
import { CONFIDENCE, judgeAgreement, measureShares } from '../../domain/route/agreement.ts';
import type { Agrees } from '../../domain/route/agreement.ts';
import { requestsSince } from '../../domain/route/requests.ts';
import type { Measured } from '../../domain/route/requests.ts';
import { percentOf } from '../../domain/route/weights.ts';
import type { RouteView } from '../../ports/routes.ts';
import type { Command, CommandContext } from '../../commands/command.ts';
import { serves } from '../../commands/prove-route.ts';
import { weightsText } from './route-answer.ts';
import { routeCounters, sharers } from './route-counters.ts';
import { rolloutsInNamespace, routeRef, writerOf } from './route-rollouts.ts';
import { entryName, toRouteSnapshot } from './route-snapshot.ts';
import { plural } from '../../domain/plural.ts';

/** Replicas usually apply a weight within this time: Traefik applies changes every 2 s. */
const SETTLE_MS = 3_000;

const input = z.strictObject({
  ...routeFields,
  window_seconds: z
    .number()
    .int()
    .min(10)
    .max(3600)
    .default(60)
    .describe('How far back to count requests; cut at the last change of the weights.'),
});
const output = z.strictObject({
  route: routeSnapshot,
  argo_weight: z.number().optional().describe('Canary weight that the Rollout reports.'),
  services: z
    .array(
      z.strictObject({
        service: z.string(),
        wanted: z.number(),
        requests: z.number().optional(),
        share: z.number().optional(),
        low: z.number().optional(),
        high: z.number().optional(),
        version: z.string().optional(),
      }),
    )
    .describe('Percent. share is measured, low and high its interval; version: the pod hash behind it.'),
  confidence: z.number(),
  window_seconds: z.number().describe('Measured; 0: nothing was.'),
  agrees: z.enum(['yes', 'no', 'too little data']).describe('Whether the measured shares fit the weights.'),
  reason: z.string(),
});

export const traefikGetTrafficDistribution: Command<typeof input, typeof output> = {
  name: 'traefik_get_traffic_distribution',
  title: 'Read the traffic distribution of a route',
  description:
    "A weighted route's wanted weights, the weights in force on every Traefik replica, and the share of requests measured from Traefik's counters, with its interval.",
  kind: 'read',
  idempotent: true,
  toolset: 'traefik',
  input,
  output,
  examples: [{ title: 'Of the last minute', input: { namespace: 'shop', route_name: 'web' } }],
  check: (raw) => parse(input, raw),
  async run(context, given) {
    const ref = await routeRef(context, given);
    const [view, rollouts] = await Promise.all([context.ports.routes.read(ref), rolloutsInNamespace(context, ref)]);
    const [measured, versions, notes] = await Promise.all([
      measure(context, view, given.window_seconds),
      versionsBehind(context, view),
      sharing(context, view),
    ]);
    const weights = view.entries.map(({ weight }) => weight);
    const agrees = typeof measured === 'string' ? 'too little data' : judgeAgreement(weights, measured.requests);
    const shares = typeof measured === 'string' ? [] : measureShares(measured.requests);
    const writer = writerOf(rollouts, ref);
    const services = view.entries.map((entry, index) => {
      const share = shares[index];
      const numbers = share && {
        requests: Math.round(share.requests),
        share: percent(share.share),
        low: percent(share.low),
        high: percent(share.high),
      };
      return {
        service: entryName(view.entries, entry),
        wanted: percent(percentOf(entry.weight, weights) / 100),
        ...numbers,
        ...(versions[index] !== undefined && { version: versions[index] }),
      };
    });
    return {
      route: toRouteSnapshot(view, writer?.target.rollout),
      ...(writer?.canaryWeight !== undefined && { argo_weight: writer.canaryWeight }),
      services,
      confidence: CONFIDENCE,
      window_seconds: typeof measured === 'string' ? 0 : Math.round((measured.toMs - measured.fromMs) / 1000),
      agrees,
      reason: [judgement(agrees, measured), ...inForce(view), ...ruleless(view), ...stickiness(view), ...notes].join(
        '; ',
      ),
    };
  },
  text({ route, services, agrees, reason, window_seconds: seconds }) {
    const lines = services.map(
      (one) =>
        `${one.service}: wanted ${one.wanted} %${one.share === undefined ? '' : `, measured ${one.share} % (${one.low}–${one.high}) of requests, ${one.requests}`}`,
    );
    const head = `${route.namespace}/${route.route_name} over ${plural(seconds, 'second')}: ${AGREES[agrees]}`;
    return [`${head} (${reason}).`, ...lines].join('\n');
  },
};

const AGREES: Readonly<Record<Agrees, string>> = {
  yes: 'the shares agree with the weights',
  no: 'the shares do not agree with the weights',
  'too little data': 'too little data to compare the shares with the weights',
};

const percent = (share: number): number => Math.round(share * 1000) / 10;

/** A text is the reason why nothing was measured. */
async function measure(context: CommandContext, view: RouteView, seconds: number): Promise<Measured | string> {
  if (view.entries.length === 0) return 'nothing is measured: the TraefikService is not a weighted one';
  if (view.entries.some(({ kind }) => kind !== 'Service'))
    return 'nothing is measured: Traefik does not count requests by TraefikService';
  const toMs = context.ports.now();
  const fromMs = Math.max(toMs - seconds * 1000, (view.weightsSince ?? 0) + SETTLE_MS);
  try {
    return (
      requestsSince(await routeCounters(context, view, { fromMs, toMs }), fromMs) ??
      'nothing is measured: Prometheus has no counters of these Services since the weights were last written'
    );
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    return `nothing is measured: ${error.message}`;
  }
}

function judgement(agrees: Agrees, measured: Measured | string): string {
  if (typeof measured === 'string') return measured;
  const total = Math.round(measured.requests.reduce((sum, one) => sum + one, 0));
  const words = {
    yes: 'the weights explain',
    no: 'the weights do not explain',
    'too little data': 'too few to judge by:',
  }[agrees];
  return `${words} the ${total} requests measured`;
}

function inForce(view: RouteView): string[] {
  if (view.served.length === 0) return ['no Traefik API is configured, so what is in force is not known'];
  const weights = view.entries.map(({ weight }) => weight);
  const { missing } = serves(weights, weightsText(view, weights));
  return view.served.flatMap((one) => missing(one) ?? []);
}

function ruleless({ rules, ref }: RouteView): string[] {
  return rules.length === 0 ? [`no IngressRoute of ${ref.namespace} leads to it`] : [];
}

function stickiness({ sticky }: RouteView): string[] {
  return sticky
    ? ['the route is sticky: clients keep their Service while it has any weight, so shares lag behind weights']
    : [];
}

async function sharing({ ports, settings }: CommandContext, view: RouteView): Promise<string[]> {
  const others = sharers(view, await ports.routes.links(view.ref), settings);
  return others.length === 0
    ? []
    : [`counters are by Service, and ${others.join(', ')} leads to the same ones, so its requests are counted too`];
}

/** A Service that does not exist has no version. */
async function versionsBehind(
  { ports }: CommandContext,
  { ref, entries }: RouteView,
): Promise<readonly (string | undefined)[]> {
  return Promise.all(
    entries.map(async ({ kind, service, namespace }) => {
      if (kind !== 'Service') return undefined;
      try {
        return (await ports.routes.service({ ...ref, namespace: namespace ?? ref.namespace, name: service })).hash;
      } catch (error) {
        if (error instanceof SluiceError && error.code === 'SERVICE_NOT_FOUND') return undefined;
        throw error;
      }
    }),
  );
}
