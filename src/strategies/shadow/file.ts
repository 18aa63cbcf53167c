import { z } from 'zod';
import { toChosenWeights, weightFields } from '../../contract/chosen-weights.ts';
import { duration, toMs } from '../../contract/duration.ts';
import type { StrategyFile } from '../strategy.ts';

const fields = {
  ...weightFields,
  copies: z
    .strictObject({
      percent: z.int().min(1).max(100).optional().describe('Share of the reading requests; default 20.'),
      within: duration.optional().describe('Time to compare them; default 8m.'),
    })
    .optional()
    .describe('Shadow only: copies of GET, HEAD and OPTIONS requests before the first weight.'),
};
const own = z.object(fields);

/** Which of two forms the Rollout has, and so whether weights may be named, is known to the plan. */
export const file: StrategyFile = {
  fields,
  toSpec(given, { weightStep }) {
    const { copies: { percent = 20, within = '8m' } = {}, steps } = own.parse(given);
    return {
      ...toChosenWeights(given, weightStep),
      copies: { percent, withinMs: toMs(within), ...(steps && { namesSteps: true }) },
    };
  },
};
