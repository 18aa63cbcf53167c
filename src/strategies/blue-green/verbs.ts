import { previewWeights } from '../../delivery/preview-weights.ts';
import { preflight } from '../../planning/preflight.ts';
import type { Verbs } from '../strategy.ts';
import { rules } from './plan.ts';

export const verbs: Verbs = { plan: (world, spec) => preflight(world, spec, rules), ...previewWeights };
