import { TOOL_LABEL } from './tools/label.ts';
import type { Series } from './series.ts';

/** Labels that Traefik or an MCP gateway writes itself. All other labels come from the target or from the scraper. */
const OWN = new Set(['__name__', 'service', 'exported_service', 'code', 'method', 'protocol', 'le', TOOL_LABEL]);
/** Labels that identify the scraper. Two series that differ in these alone are the same counter, scraped twice. */
const SCRAPER = new Set([
  'job',
  'scrape_job',
  'endpoint',
  'monitor',
  'prometheus',
  'prometheus_replica',
  'replica',
  '__replica__',
]);
/** A source that is this far behind another source of the same proxy has stopped. */
const STOPPED_MS = 60_000;

interface Source {
  readonly key: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly series: Series[];
  samples: number;
  last: number;
}

/**
 * The series of each proxy replica, with each counter once.
 *
 * Several scrape jobs, or a pair of Prometheus servers for high availability, return the same counter several times.
 * Their counts would be added, and their scrapes would interleave. So one source is used: the one with the most samples
 * among those that are not behind. Sources of one `instance` are the same proxy, unless a label of the target, such as
 * `pod`, has different values in them. Keys are the values of `instance`, with a running number where several proxies
 * share one.
 */
export function seriesByProxy(all: readonly Series[]): ReadonlyMap<string, readonly Series[]> {
  const proxies = new Map<string, readonly Series[]>();
  for (const [instance, sources] of sourcesByInstance(all)) {
    proxiesAmong(sources).forEach((same, index) => {
      proxies.set(index === 0 ? instance : `${instance} (${index + 1})`, newestOf(same).series);
    });
  }
  return proxies;
}

function sourcesByInstance(all: readonly Series[]): Map<string, Source[]> {
  const sources = new Map<string, Source>();
  for (const series of all) {
    const labels = Object.fromEntries(Object.entries(series.labels).filter(([name]) => !OWN.has(name)));
    const key = JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
    const source = sources.get(key) ?? { key, labels, series: [], samples: 0, last: -Infinity };
    source.series.push(series);
    source.samples += series.samples.length;
    source.last = Math.max(source.last, series.samples.at(-1)?.[0] ?? -Infinity);
    sources.set(key, source);
  }
  const byInstance = new Map<string, Source[]>();
  for (const source of [...sources.values()].sort((a, b) => (a.key < b.key ? -1 : 1))) {
    const instance = source.labels['instance'] ?? '';
    byInstance.set(instance, [...(byInstance.get(instance) ?? []), source]);
  }
  return byInstance;
}

function proxiesAmong(sources: readonly Source[]): readonly (readonly Source[])[] {
  const proxies: Source[][] = [];
  for (const source of sources) {
    const same = proxies.find((proxy) => proxy.every((other) => isSameTarget(source, other)));
    if (same) same.push(source);
    else proxies.push([source]);
  }
  return proxies;
}

function isSameTarget({ labels: one }: Source, { labels: other }: Source): boolean {
  return Object.entries(one).every(
    ([name, value]) => SCRAPER.has(name) || other[name] === undefined || other[name] === value,
  );
}

function newestOf(sources: readonly Source[]): Source {
  const last = Math.max(...sources.map((source) => source.last));
  return sources
    .filter((source) => source.last >= last - STOPPED_MS || source.last === last)
    .reduce((best, source) => (source.samples > best.samples ? source : best));
}
