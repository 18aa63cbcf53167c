import { toChosenWeights, weightFields } from '../../contract/chosen-weights.ts';
import type { StrategyFile } from '../strategy.ts';

export const file: StrategyFile = {
  fields: weightFields,
  toSpec: (given, { weightStep }) => toChosenWeights(given, weightStep),
};
