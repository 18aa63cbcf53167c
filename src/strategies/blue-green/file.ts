import { z } from 'zod';
import { dnsName } from '../../contract/target.ts';
import type { FileDefaults, StrategyFile } from '../strategy.ts';

/** Weights of the preview Service when neither the release nor the settings name any. */
export const DEFAULT_STEPS = [5, 10, 25, 50, 100] as const;

const fields = {
  steps: z
    .array(z.int().min(1).max(100))
    .min(1)
    .max(50)
    .refine(isAscendingTo100, 'must ascend and end with 100')
    .optional()
    .describe('Blue-green only: weights in percent, ascending to 100.'),
  traffic: z
    .strictObject({
      traefik_service: dnsName.optional().describe('Blue-green only. Default: the one over both Services.'),
    })
    .optional(),
};
const own = z.object(fields);

export const file: StrategyFile = {
  fields,
  toSpec(given, { weightStep }) {
    const { steps, traffic } = own.parse(given);
    return {
      steps: steps ?? defaultSteps(weightStep),
      ...(traffic?.traefik_service ? { traefikService: traffic.traefik_service } : {}),
    };
  },
};

function isAscendingTo100(weights: readonly number[]): boolean {
  return weights.at(-1) === 100 && weights.every((weight, index) => index === 0 || weight > (weights[index - 1] ?? 0));
}

/** The weights N, 2N, … below 100, then 100. */
function defaultSteps(weightStep: FileDefaults['weightStep']): readonly number[] {
  if (weightStep === undefined) return DEFAULT_STEPS;
  const below = Array.from({ length: Math.ceil(100 / weightStep) - 1 }, (_, index) => (index + 1) * weightStep);
  return [...below, 100];
}
