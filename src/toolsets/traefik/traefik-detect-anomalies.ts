import { z } from 'zod';
import { duration, toMs } from '../../contract/duration.ts';
import { toDuration } from '../../domain/duration-text.ts';
import { parse } from '../../contract/parse.ts';
import { placeFields, routeFields } from '../../contract/place.ts';
import { ALPHA, detectAnomalies, SIGNALS } from '../../domain/analysis/anomaly.ts';
import type { Anomaly, ServiceBlocks } from '../../domain/analysis/anomaly.ts';
import { cutBlocks } from '../../domain/analysis/anomaly-blocks.ts';
import type { Cut } from '../../domain/analysis/anomaly-blocks.ts';
import { SluiceError } from '../../domain/errors.ts';
import { cleanText } from '../../domain/safe-text.ts';
import type { EvidencePort } from '../../ports/evidence.ts';
import type { WeightedRoute } from '../../ports/middlewares.ts';
import { readCounted } from '../../domain/route/names.ts';
import type { Command, CommandContext } from '../../commands/command.ts';

const between = (least: string, most: string) =>
  duration.refine((text) => toMs(text) >= toMs(least) && toMs(text) <= toMs(most), `must be from ${least} to ${most}`);
const input = z.strictObject({
  ...placeFields,
  route_name: routeFields.route_name.optional().describe('Only this TraefikService. Default: all of the namespace.'),
  window: between('10s', '6h').optional().describe('What is looked at, up to now. Default 5m.'),
  baseline: between('1m', '12h').optional().describe('The past before it that it is compared with. Default 1h.'),
});
const finding = z.strictObject({
  route_name: z.string(),
  service: z.string(),
  signal: z.enum(SIGNALS),
  state: z.enum(['normal', 'anomalous', 'too-little-data']),
  p_value: z
    .number()
    .optional()
    .describe("Fisher's exact test, corrected for clumps and by Holm for all that was tested."),
  share_now: z.number(),
  share_before: z.number(),
  requests_now: z.number(),
  requests_before: z.number(),
  why: z.string(),
});
const output = z.strictObject({
  from: z.string(),
  to: z.string(),
  baseline_from: z.string(),
  anomalous: z.number(),
  too_little_data: z.number(),
  findings: z.array(finding).describe('Anomalous ones first.'),
});

export const traefikDetectAnomalies: Command<typeof input, typeof output> = {
  name: 'traefik_detect_anomalies',
  title: 'Find anomalies of routes',
  description: `Compares error ratio, latency and traffic share of each weighted Service with its own recent past: normal, anomalous or too-little-data, with p-values whose chance of any false alarm is ${ALPHA * 100} %. Judges no version; a past that was bad makes a bad present normal.`,
  kind: 'read',
  idempotent: true,
  toolset: 'traefik',
  input,
  output,
  examples: [
    { title: 'One route, the last two minutes', input: { namespace: 'shop', route_name: 'api', window: '2m' } },
  ],
  check: (raw) => parse(input, raw ?? {}),
  async run(context, call) {
    const to = context.ports.now();
    const windowMs = toMs(call.window ?? '5m');
    const from = to - windowMs;
    const cut = { since: from - toMs(call.baseline ?? '1h'), from, to, blockMs: windowMs / BLOCKS };
    const routes = await routesOf(context, call);
    const services: ServiceBlocks[] = [];
    const { evidence } = await context.worlds.of(call.cluster ?? (await context.clusters.current()));
    // Services are read one after the other, because the raw samples of one are megabytes.
    for (const route of routes)
      for (const one of route.services)
        services.push(await measure(evidence, { namespace: call.namespace, route, one, cut }));
    return toOutput(detectAnomalies(services), cut);
  },
  text: ({ from, to, findings }) =>
    findings.length === 0
      ? 'There are no weighted routes here.'
      : [
          `${toDuration(Date.parse(to) - Date.parse(from))} up to ${to}:`,
          ...findings.map(({ state, why }) => `${state}: ${why}`),
        ].join('\n'),
};

/** The window has this number of blocks. The past has blocks of the same length. */
const BLOCKS = 10;

async function routesOf(context: CommandContext, call: z.output<typeof input>): Promise<readonly WeightedRoute[]> {
  const cluster = call.cluster ?? (await context.clusters.current());
  const routes = await context.ports.middlewares.weightedRoutes({ cluster, namespace: call.namespace });
  const chosen = routes.filter(({ name }) => call.route_name === undefined || name === call.route_name);
  if (chosen.length === 0 && call.route_name !== undefined)
    throw new SluiceError(
      'TRAFFIC_SERVICE_NOT_FOUND',
      `Cluster "${cluster}" has no weighted TraefikService ${call.namespace}/${call.route_name}.`,
    );
  return chosen;
}

interface Measured {
  readonly namespace: string;
  readonly route: WeightedRoute;
  readonly one: WeightedRoute['services'][number];
  readonly cut: Cut;
}

async function measure(evidence: EvidencePort, { namespace, route, one, cut }: Measured): Promise<ServiceBlocks> {
  const place = { namespace, route: route.name, index: route.services.indexOf(one), ...one };
  const { counters: series } = await readCounted(place, (label) =>
    evidence.counters(label, { fromMs: cut.since, toMs: cut.to }),
  );
  const total = route.services.reduce((sum, { weight }) => sum + weight, 0);
  return {
    route: route.name,
    service: one.service,
    weightShare: total > 0 ? one.weight / total : 0,
    blocks: cutBlocks(series, cut),
  };
}

const ORDER = ['anomalous', 'normal', 'too-little-data'] as const;

function toOutput(found: readonly Anomaly[], { since, from, to }: Cut): z.output<typeof output> {
  const sorted = found.toSorted((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
  const iso = (at: number) => new Date(at).toISOString();
  return {
    from: iso(from),
    to: iso(to),
    baseline_from: iso(since),
    anomalous: found.filter(({ state }) => state === 'anomalous').length,
    too_little_data: found.filter(({ state }) => state === 'too-little-data').length,
    findings: sorted.map(toFinding),
  };
}

function toFinding({
  route,
  service,
  signal,
  state,
  p,
  shareNow,
  sharePast,
  requestsNow,
  requestsPast,
  why,
}: Anomaly): z.output<typeof finding> {
  return {
    route_name: cleanText(route),
    service: cleanText(service),
    signal,
    state,
    ...(p !== undefined && { p_value: p }),
    share_now: shareNow,
    share_before: sharePast,
    requests_now: requestsNow,
    requests_before: requestsPast,
    why: cleanText(why),
  };
}
