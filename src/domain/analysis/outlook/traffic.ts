import type { TimedBlock } from '../blocks.ts';

/** The traffic before a release, and how it is counted. */
export interface Traffic {
  /** Requests of both versions together, through all proxies. */
  readonly requestsPerSecond: number;
  /** Time between two scrapes, in ms. It is greater than 0. */
  readonly intervalMs: number;
  /** Blocks of the time before the release, in the order in which they ended. */
  readonly past: readonly TimedBlock[];
  /** The bounds that the proxies count, in ms, ascending. */
  readonly known: readonly number[];
}

const USUAL_INTERVAL_MS = 15_000;

/** `recentMs`: the time before `to` (epoch ms) from which the current rate is computed. */
export function trafficOf(
  past: readonly TimedBlock[],
  known: readonly number[],
  { to, recentMs }: { to: number; recentMs: number },
): Traffic {
  const recent = past.filter((block) => block.from >= to - recentMs);
  const lengths = recent.map((block) => block.to - block.from).sort((a, b) => a - b);
  const first = Math.min(...recent.map(({ from }) => from));
  const last = Math.max(...recent.map((block) => block.to));
  const seconds = (last - first) / 1000;
  return {
    requestsPerSecond: seconds > 0 ? requestsIn(recent) / seconds : 0,
    intervalMs: lengths[Math.floor(lengths.length / 2)] ?? USUAL_INTERVAL_MS,
    past,
    known,
  };
}

/** Requests to both versions. */
function requestsIn(blocks: readonly TimedBlock[]): number {
  return blocks.reduce((sum, { questions }) => {
    const { candidate, stable } = questions['errors'] ?? {};
    return sum + (candidate?.requests ?? 0) + (stable?.requests ?? 0);
  }, 0);
}

/** Share of stable's answers in the past that were bad by this question, 0…1. */
export function shareOf(past: readonly TimedBlock[], question: string): number {
  let [requests, bad] = [0, 0];
  for (const { questions } of past) {
    requests += questions[question]?.stable.requests ?? 0;
    bad += questions[question]?.stable.bad ?? 0;
  }
  return requests === 0 ? 0 : bad / requests;
}
