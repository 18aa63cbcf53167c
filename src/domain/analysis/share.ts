import type { Verdict } from './verdict.ts';

/** Normal quantile of a two-sided 99.9 % interval. */
const Z = 3.2905;
/** Proxies round small weights over short windows. A difference up to this share (0…1) is not a deviation. */
const SLACK = 0.02;

/**
 * Wilson's score interval of a share of `hits` in `total` (E. B. Wilson, JASA 22, 1927). Bounds are in 0…1, and [0, 1]
 * without observations. `z`: quantile of the two-sided normal interval, by default 99.9 %.
 */
export function shareInterval(hits: number, total: number, z = Z): readonly [number, number] {
  if (total <= 0) return [0, 1];
  const p = hits / total;
  const denominator = 1 + z ** 2 / total;
  const centre = (p + z ** 2 / (2 * total)) / denominator;
  const half = (z * Math.sqrt((p * (1 - p)) / total + z ** 2 / (4 * total ** 2))) / denominator;
  // Rounding must not move a bound beyond the share itself.
  return [Math.min(p, Math.max(0, centre - half)), Math.max(p, Math.min(1, centre + half))];
}

/**
 * Without a proxy API that can prove a weight, the counters must confirm it. A pass becomes no-data if the wanted
 * weight (percent) cannot explain the measured share. A failure stays a failure.
 */
export function confirmShare(verdict: Verdict, wanted: number): Verdict {
  if (verdict.outcome !== 'pass') return verdict;
  const hits = verdict.candidate?.requests ?? 0;
  const [low, high] = shareInterval(hits, hits + (verdict.stable?.requests ?? 0));
  if (wanted / 100 >= low - SLACK && wanted / 100 <= high + SLACK) return verdict;
  const measured = `${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)} %`;
  return {
    ...verdict,
    outcome: 'no-data',
    reason: `weight ${wanted} is not confirmed: the measured share is ${measured}`,
  };
}
