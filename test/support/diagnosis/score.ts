import type { DiagnosisCase } from './case.ts';

export interface CaseResult {
  readonly of: DiagnosisCase;
  /** The names of the causes that were found, each once. */
  readonly found: readonly string[];
}

/** Of the causes that were named, the share that is right; and of those that are there, the share that was named. */
export interface Score {
  readonly cases: number;
  readonly precision: number;
  readonly recall: number;
}

export function scoreOf(results: readonly CaseResult[]): Score {
  const sum = (count: (result: CaseResult) => number): number => results.reduce((all, one) => all + count(one), 0);
  const right = sum(({ of, found }) => found.filter((name) => of.expected.includes(name)).length);
  const share = (part: number, whole: number): number => (whole === 0 ? 1 : part / whole);
  return {
    cases: results.length,
    precision: share(
      right,
      sum(({ found }) => found.length),
    ),
    recall: share(
      right,
      sum(({ of }) => of.expected.length),
    ),
  };
}

export function scoreLine(name: string, { cases, precision, recall }: Score): string {
  return `diagnose, ${name}: ${cases} cases, precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)}`;
}
