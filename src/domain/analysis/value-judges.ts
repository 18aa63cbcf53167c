import type { LimitMetric, PairMetric } from './metric-spec.ts';
import { seriesProblem, type Answer } from './series-problem.ts';
import type { Finding } from './verdict.ts';

/** Judges one value against its limits. A result that is not a number is no-data. */
export function judgeLimit({ name, min, max }: LimitMetric, answer: Answer): Finding {
  const problem = seriesProblem(answer);
  if (problem) return noData(name, problem.reason);
  const measured = (answer[0] as Answer[number]).value;
  const broken = min !== undefined && measured < min ? min : max !== undefined && measured > max ? max : undefined;
  const limit = broken ?? max ?? min;
  const range = [
    ...(min === undefined ? [] : [`at least ${min}`]),
    ...(max === undefined ? [] : [`at most ${max}`]),
  ].join(' and ');
  return {
    metric: name,
    outcome: broken === undefined ? 'pass' : 'fail',
    measured,
    ...(limit === undefined ? {} : { limit }),
    reason: `${name} is ${rounded(measured)}, ${range} is allowed`,
  };
}

/** Judges the candidate's value against stable's at the same time. */
export function judgePair(
  { name, maxRatio, maxIncrease = 0 }: PairMetric,
  answers: { readonly candidate: Answer; readonly stable: Answer },
): Finding {
  for (const arm of ['candidate', 'stable'] as const) {
    const problem = seriesProblem(answers[arm]);
    if (problem) return noData(name, `${arm === 'candidate' ? 'new' : 'stable'} version: ${problem.reason}`);
  }
  const [measured, stable] = [
    (answers.candidate[0] as Answer[number]).value,
    (answers.stable[0] as Answer[number]).value,
  ];
  if (maxRatio !== undefined && stable < 0)
    return noData(name, `a ratio to ${rounded(stable)} has no meaning; use max_increase`);
  const limit = maxRatio === undefined ? stable + maxIncrease : stable * maxRatio;
  const rule = maxRatio === undefined ? `${rounded(maxIncrease)} more` : `${rounded(maxRatio)} times as much`;
  return {
    metric: name,
    outcome: measured <= limit ? 'pass' : 'fail',
    measured,
    limit,
    reason: `${name}: new ${rounded(measured)}, stable ${rounded(stable)}; at most ${rule} is allowed`,
  };
}

export function noData(name: string, reason: string): Finding {
  return { metric: name, outcome: 'no-data', reason: `${name}: ${reason}` };
}

/** Formats a value with enough digits for a comparison. */
export function rounded(value: number): string {
  return String(Number(value.toPrecision(5)));
}
