import type { StrategyFile } from '../strategy.ts';
import { file as canary } from '../canary/file.ts';

/** As for a canary: the Rollout contains everything. */
export const file: StrategyFile = {
  fields: {},
  foreign: {
    ...canary.foreign,
    steps: "not for a watched canary: the Rollout's own steps and times are the plan; change them there",
  },
  toSpec: () => ({}),
};
