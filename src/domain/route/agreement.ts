import { shareInterval } from '../analysis/share.ts';
import { percentOf } from './weights.ts';

/** Normal quantile of a two-sided 95 % interval. */
const Z95 = 1.95996;
export const CONFIDENCE = 0.95;
/**
 * Tolerated difference of shares (0…1), because proxies round weights over short windows. For a small weight it is at
 * most this part of the weight.
 */
const SLACK = 0.02;
const SLACK_PART = 0.25;
/** With fewer requests nothing is decided. */
const MIN_REQUESTS = 20;
/** A wider interval is too imprecise to confirm a weight. */
const MAX_WIDTH = 0.2;
/** With fewer expected requests, it is normal that a Service gets none. */
const MIN_EXPECTED = 3;

export interface ServiceShare {
  readonly requests: number;
  /** Share of all requests, 0…1, with the bounds of its 95 % interval. */
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

export type Agrees = 'yes' | 'no' | 'too little data';

/**
 * The measured share of each Service. Wilson's interval assumes independent requests. A proxy that uses a round robin
 * varies less.
 */
export function measureShares(requests: readonly number[]): readonly ServiceShare[] {
  const total = requests.reduce((sum, one) => sum + one, 0);
  return requests.map((count) => {
    const [low, high] = shareInterval(count, total, Z95);
    return { requests: count, share: total === 0 ? 0 : count / total, low, high };
  });
}

/**
 * Whether these weights explain the measured shares.
 *
 * * No: some interval excludes its wanted share by more than 2 points, or lies below it by more than a quarter of a
 *   small share.
 * * Too little data: fewer than 20 requests, an interval wider than 20 points, or fewer than 3 expected requests at a
 *   Service with a weight.
 */
export function judgeAgreement(weights: readonly number[], requests: readonly number[]): Agrees {
  const total = requests.reduce((sum, one) => sum + one, 0);
  if (total < MIN_REQUESTS) return 'too little data';
  const shares = measureShares(requests);
  const wanted = weights.map((weight) => percentOf(weight, weights) / 100);
  const excluded = shares.some(({ low, high }, index) => {
    const part = wanted[index] ?? 0;
    const slack = Math.min(SLACK, SLACK_PART * part);
    return part < low - SLACK || part > high + slack;
  });
  if (excluded) return 'no';
  const thin = shares.some(
    ({ low, high }, index) =>
      high - low > MAX_WIDTH || ((wanted[index] ?? 0) > 0 && total * (wanted[index] ?? 0) < MIN_EXPECTED),
  );
  return thin ? 'too little data' : 'yes';
}
