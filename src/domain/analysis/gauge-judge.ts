import { shift } from './mann-whitney.ts';
import type { GaugeMetric } from './metric-spec.ts';
import { noData, rounded } from './value-judges.ts';
import type { Finding } from './verdict.ts';

/** Measurements of both arms at the same times, oldest first. Missing measurements are absent. */
export interface GaugeSamples {
  readonly candidate: readonly number[];
  readonly stable: readonly number[];
}

/**
 * Maximum number of looks. Each look at growing data is another chance of a false alarm, so looks are few: at
 * minSamples, at twice as many, and so on.
 */
const LOOKS = 7;

/** Maximum number of measurements that are evaluated. */
export function mostSamples({ minSamples }: Pick<GaugeMetric, 'minSamples'>): number {
  return minSamples * 2 ** (LOOKS - 1);
}

/**
 * Compares two gauges as Kayenta's NetflixACAJudge does (spinnaker/kayenta a69573be,
 * kayenta-judge/…/MannWhitneyClassifier.scala). The candidate is worse when the interval of the shift lies beyond
 * `tolerance` of the estimate and the mean moved in the same direction.
 *
 * Two things differ from Kayenta. Missing measurements are never a pass. The number of looks is limited: one at
 * minSamples, then one whenever the number of measurements has doubled. A failed look is final.
 */
export function judgeGauge(metric: GaugeMetric, samples: GaugeSamples): Finding {
  const { name, minSamples } = metric;
  const count = Math.min(samples.candidate.length, samples.stable.length);
  if (count === 0) return noData(name, 'no moment at which both versions were measured');
  if (count < minSamples)
    return {
      metric: name,
      outcome: 'too-little-traffic',
      reason: `${name}: ${count} measurements of both versions, ${minSamples} needed`,
    };
  const looks = sizes(minSamples, count).map((size) =>
    look(metric, { candidate: samples.candidate.slice(0, size), stable: samples.stable.slice(0, size) }),
  );
  return looks.find(({ outcome }) => outcome === 'fail') ?? (looks.at(-1) as Finding);
}

function sizes(least: number, count: number): readonly number[] {
  return Array.from({ length: LOOKS }, (_, index) => least * 2 ** index).filter((size) => size <= count);
}

function look({ name, worse, confidence, tolerance }: GaugeMetric, { candidate, stable }: GaugeSamples): Finding {
  const sign = worse === 'higher' ? 1 : -1;
  const [x, y] = [candidate.map((value) => sign * value), stable.map((value) => sign * value)];
  const { estimate, lower, upper } = shift(x, y, confidence);
  const isWorse = lower > tolerance * Math.abs(estimate) && mean(x) > mean(y);
  const [from, to] = sign === 1 ? [lower, upper] : [-upper, -lower];
  const figures = `${name}: new ${rounded(mean(candidate))}, stable ${rounded(mean(stable))} on average of ${candidate.length}; shift ${rounded(sign * estimate)}, between ${rounded(from)} and ${rounded(to)} at ${Number((100 * confidence).toFixed(3))} %`;
  return {
    metric: name,
    outcome: isWorse ? 'fail' : 'pass',
    measured: sign * estimate,
    reason: isWorse ? `${figures}: ${worse}, which is worse` : figures,
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
