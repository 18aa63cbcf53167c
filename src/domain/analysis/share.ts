import type { Verdict } from './verdict.ts';

/** z of a two-sided 99.9 % normal interval. */
const Z = 3.2905;
/** Proxies round small weights over short windows: this much, in points of share, is never held against them. */
const SLACK = 0.02;

/**
 * Wilson's score interval of a share of `hits` in `total` (E. B. Wilson, JASA 22, 1927). Bounds in 0…1; [0, 1] without
 * observations.
 * `z`: of the two-sided normal interval; 99.9 % when absent.
 */
export function shareInterval(hits: number, total: number, z = Z): readonly [number, number] {
  if (total <= 0) return [0, 1];
  const p = hits / total;
  const denominator = 1 + z ** 2 / total;
  const centre = (p + z ** 2 / (2 * total)) / denominator;
  const half = (z * Math.sqrt((p * (1 - p)) / total + z ** 2 / (4 * total ** 2))) / denominator;
  // Rounding must not carry a bound past the share itself.
  return [Math.min(p, Math.max(0, centre - half)), Math.max(p, Math.min(1, centre + half))];
}

/**
 * Where no proxy API can prove a weight, the counters must confirm it: a pass on a share that the wanted weight
 * (percent) cannot
 * explain is no data. A failure stays one.
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
