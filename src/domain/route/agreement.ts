import { shareInterval } from '../analysis/share.ts';
import { percentOf } from './weights.ts';

/** z of a two-sided 95 % normal interval. */
const Z95 = 1.95996;
export const CONFIDENCE = 0.95;
/** Points of share: what proxies round away over short windows. Of a small weight at most this part. */
const SLACK = 0.02;
const SLACK_PART = 0.25;
/** Fewer requests than this say nothing at all. */
const LEAST_REQUESTS = 20;
/** A wider interval than this says too little about a weight. */
const WIDEST = 0.2;
/** Fewer expected requests than this at a Service, and none there is no surprise. */
const LEAST_EXPECTED = 3;

export interface ServiceShare {
  readonly requests: number;
  /** Of all requests, 0…1; with the bounds of its 95 % interval. */
  readonly share: number;
  readonly low: number;
  readonly high: number;
}

export type Agrees = 'yes' | 'no' | 'too little data';

/**
 * The measured share of each Service. Wilson's interval takes requests as independent; a proxy in turn is steadier than
 * that.
 */
export function measureShares(requests: readonly number[]): readonly ServiceShare[] {
  const total = requests.reduce((sum, one) => sum + one, 0);
  return requests.map((count) => {
    const [low, high] = shareInterval(count, total, Z95);
    return { requests: count, share: total === 0 ? 0 : count / total, low, high };
  });
}

/**
 * Whether the measured shares are what these weights explain. No: some interval excludes its wanted share by more than
 * 2 points, or lies below it by more than a quarter of a small share.
 * Too little data: fewer than 20 requests, an interval wider than 20 points, or fewer than 3 requests to be expected at
 * a Service with a weight.
 */
export function judgeAgreement(weights: readonly number[], requests: readonly number[]): Agrees {
  const total = requests.reduce((sum, one) => sum + one, 0);
  if (total < LEAST_REQUESTS) return 'too little data';
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
      high - low > WIDEST || ((wanted[index] ?? 0) > 0 && total * (wanted[index] ?? 0) < LEAST_EXPECTED),
  );
  return thin ? 'too little data' : 'yes';
}
