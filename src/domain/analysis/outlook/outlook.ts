import type { AnalysisSpec, PlanStep } from '../../release/plan.ts';
import { boundsInTail } from '../sequential/questions.ts';
import { expectedSteps, type ExpectedStep } from './expected-steps.ts';
import type { Traffic } from './traffic.ts';

/** How a release will be judged, for people who read its plan. */
export interface Outlook {
  /** The comparisons with the stable version, with their margins. Empty if there are none. */
  readonly compared: readonly string[];
  /** The fixed limits. */
  readonly limits: readonly string[];
  readonly requestsPerSecond: number;
  readonly steps: readonly ExpectedStep[];
}

/** `startsAt`: epoch ms at which the first weight would be in force. */
export function outlookOf(
  analysis: AnalysisSpec,
  steps: readonly PlanStep[],
  traffic: Traffic,
  startsAt: number,
): Outlook {
  return {
    compared: comparedWords(analysis, traffic),
    limits: limitWords(analysis),
    requestsPerSecond: traffic.requestsPerSecond,
    steps: expectedSteps(analysis, steps, traffic, startsAt),
  };
}

function comparedWords({ sequential }: AnalysisSpec, { past, known }: Traffic): readonly string[] {
  if (!sequential) return [];
  const bounds = sequential.slowerThanMs ?? boundsInTail(past, known);
  const margin = (share: number) => `at most ${pointsText(share)} more than stable`;
  return [
    `failed answers, ${margin(sequential.errorsMargin)}`,
    ...bounds.map((ms) => `answers slower than ${ms} ms, ${margin(sequential.slowMargin)}`),
  ];
}

function pointsText(share: number): string {
  const points = Number((share * 100).toPrecision(3));
  return `${points} point${points === 1 ? '' : 's'}`;
}

function limitWords({ minSuccessRatio, maxP95Ms, maxQuantileMs = {}, metrics = [] }: AnalysisSpec): readonly string[] {
  const quantiles = Object.entries({ ...maxQuantileMs, ...(maxP95Ms !== undefined && { 95: maxP95Ms }) });
  return [
    ...(minSuccessRatio === undefined
      ? []
      : [`at least ${Number((minSuccessRatio * 100).toPrecision(6))} % successes`]),
    ...quantiles.map(([percent, ms]) => `p${percent} at most ${ms} ms`),
    ...metrics.map(({ name }) => `metric ${name}`),
  ];
}
