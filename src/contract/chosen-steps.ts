import { z } from 'zod';

/** Weights of the new version when neither the release nor the settings name any. */
export const DEFAULT_STEPS = [5, 10, 25, 50, 100] as const;

/** The field of release files for strategies whose releases choose the weights. */
export const steps = z
  .array(z.int().min(1).max(100))
  .min(1)
  .max(50)
  .refine(isAscendingTo100, 'must ascend and end with 100')
  .optional()
  .describe('Not for canaries: weights in percent, ascending to 100.');

/** The weights N, 2N, … below 100, then 100. */
export function defaultSteps(weightStep: number | undefined): readonly number[] {
  if (weightStep === undefined) return DEFAULT_STEPS;
  const below = Array.from({ length: Math.ceil(100 / weightStep) - 1 }, (_, index) => (index + 1) * weightStep);
  return [...below, 100];
}

function isAscendingTo100(weights: readonly number[]): boolean {
  return weights.at(-1) === 100 && weights.every((weight, index) => index === 0 || weight > (weights[index - 1] ?? 0));
}
