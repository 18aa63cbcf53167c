import { ignoreFailure } from '../domain/errors.ts';
import type { TrafficFacts } from '../domain/release/preflight-facts.ts';
import { countedName, readCounted } from '../domain/route/names.ts';
import type { Ports } from '../ports/index.ts';

/** Prometheus' look-back period. A counter that is scraped has a sample in it. */
const WINDOW_MS = 300_000;

/**
 * The Services with the names that this Traefik uses in its counters. If nothing is counted yet, or Prometheus is
 * unreachable, they keep the name of Traefik's default naming. The checks of the sources report what is missing.
 */
export async function withCountedNames(ports: Ports, traffic: TrafficFacts): Promise<TrafficFacts> {
  const toMs = ports.now();
  const namings = await Promise.all(
    traffic.weights.map(async ({ place }) => {
      if (!place) return 'flat';
      const read = (name: string) => ports.evidence.counters(name, { fromMs: toMs - WINDOW_MS, toMs });
      return (await readCounted(place, read).catch(ignoreFailure))?.naming ?? 'flat';
    }),
  );
  if (!namings.includes('safe')) return traffic;
  const weights = traffic.weights.map((one) =>
    one.place ? { ...one, metricsService: countedName(one.place, 'safe') } : one,
  );
  return { ...traffic, weights };
}
