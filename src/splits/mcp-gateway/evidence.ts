import { OUTCOMES, type Outcome } from '../../domain/gateway/outcome.ts';
import { TOOL_LABEL } from '../../domain/analysis/tools/label.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { CounterSeries, EvidencePort, ServiceCounters } from '../../ports/evidence.ts';
import type { Counts } from './page.ts';
import { Scrapes, type Scrape } from './scrapes.ts';

/**
 * Each outcome as the HTTP status that the judge knows: 5xx is bad. A result with `isError` is bad, because the caller
 * did not get what it asked for. A caller that left says nothing about the version.
 */
const CODES: Readonly<Record<Outcome, string>> = {
  ok: '200',
  cancelled: '499',
  tool_error: '500',
  protocol_error: '502',
  unavailable: '503',
  timeout: '504',
};

/**
 * The counters of the gateways, read from their metrics pages and kept in this process. The name of a service is
 * `<server>@<version>`. Errors: GATEWAY_UNREACHABLE if no gateway answers, QUERY_FAILED for PromQL.
 */
export function createEvidence(
  gateways: () => Promise<readonly string[]>,
  scrapes = new Scrapes(gateways),
): EvidencePort {
  return {
    matchers: {},
    withoutPast: true,
    async probe() {
      // The judge then has samples of blue from before the first step.
      await scrapes.follow();
      return { version: 'gateway' };
    },
    query: () => Promise.reject(noPromql()),
    queryRange: () => Promise.reject(noPromql()),
    async counters(name, { fromMs, toMs }) {
      await scrapes.follow();
      return countersOf(name, scrapes.between(fromMs, toMs));
    },
  };
}

function noPromql(): SluiceError {
  return new SluiceError(
    'QUERY_FAILED',
    'The counters of the gateways are read without Prometheus, so no PromQL is answered.',
    {
      next: 'Leave analysis.metrics out of a release of an MCP server.',
    },
  );
}

function countersOf(service: string, scrapes: readonly Scrape[]): ServiceCounters {
  const byGateway = Map.groupBy(scrapes, ({ gateway }) => gateway);
  const series = [...byGateway].map(([instance, pages]) => seriesOf({ instance, service }, pages));
  return {
    requests: series.flatMap(({ requests }) => requests),
    buckets: series.flatMap(({ buckets }) => buckets),
  };
}

/** Both versions of a gateway are compared with each other, so only the service and the tool tell series apart. */
type Labels = Readonly<Record<'instance' | 'service', string>>;

/** A version or a tool that was not called yet has counters of zero, so that its first call is an increase. */
function seriesOf(labels: Labels, pages: readonly Scrape[]): ServiceCounters {
  const bounds = namesIn(pages.flatMap(({ counts }) => [...counts.values()].flatMap((tools) => [...tools.values()])));
  const called = pages.flatMap(({ counts }) => [...(counts.get(labels.service)?.keys() ?? [])]);
  const series = [...new Set(['', ...called])].map((tool) => toolSeries(labels, tool, bounds, pages));
  return {
    requests: series.flatMap(({ requests }) => requests),
    buckets: series.flatMap(({ buckets }) => buckets),
  };
}

function toolSeries(of: Labels, tool: string, bounds: readonly string[], pages: readonly Scrape[]): ServiceCounters {
  const labels = { ...of, ...(tool === '' ? {} : { [TOOL_LABEL]: tool }) };
  const samples = (value: (counts: Counts | undefined) => number | undefined): CounterSeries['samples'] =>
    pages.map(({ at, counts }) => [at, value(counts.get(of.service)?.get(tool)) ?? 0] as const);
  return {
    requests: OUTCOMES.map((outcome) => ({
      labels: { ...labels, code: CODES[outcome] },
      samples: samples((counts) => counts?.outcomes[outcome]),
    })),
    buckets: bounds.map((le) => ({ labels: { ...labels, le }, samples: samples((counts) => counts?.buckets[le]) })),
  };
}

function namesIn(counts: readonly Counts[]): readonly string[] {
  return [...new Set(counts.flatMap(({ buckets }) => Object.keys(buckets)))];
}
