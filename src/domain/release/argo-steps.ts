import type { RolloutStep } from '../rollout.ts';

/** The steps of a Rollout at which one weight is in force. */
export interface WeightRange {
  readonly weight: number;
  /** Index of its setWeight, and of the last step before the next one. */
  readonly first: number;
  readonly last: number;
  /** Indexes of the pauses in it that end only by a promotion. */
  readonly untimedPauses: readonly number[];
}

export function weightRanges(steps: readonly RolloutStep[]): readonly WeightRange[] {
  const begins = steps.flatMap(({ setWeight }, first) => (setWeight === undefined ? [] : [{ first, setWeight }]));
  return begins.map(({ first, setWeight: weight }, position) => {
    const last = (begins[position + 1]?.first ?? steps.length) - 1;
    return { weight, first, last, untimedPauses: untimedPauses(steps, first, last) };
  });
}

function untimedPauses(steps: readonly RolloutStep[], first: number, last: number): readonly number[] {
  return steps.flatMap(({ pause }, index) =>
    pause && pause.seconds === undefined && index >= first && index <= last ? [index] : [],
  );
}

/** The first weight at which Argo waits twice for a promotion. A promotion would not say which wait it means. */
export function twicePaused(steps: readonly RolloutStep[]): WeightRange | undefined {
  return weightRanges(steps).find((range) => range.untimedPauses.length > 1);
}
