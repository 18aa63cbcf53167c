import { observeWith } from '../../delivery/observe.ts';
import { argoWeightRules } from '../../domain/release/argo-weights.ts';
import { preflight } from '../../planning/preflight.ts';
import type { Verbs } from '../strategy.ts';
import { advance, finish, undo } from './moves.ts';
import { rules } from './plan.ts';

export const verbs: Verbs = {
  plan: (world, spec) => preflight(world, spec, rules),
  advance,
  observe: observeWith(argoWeightRules),
  finish,
  undo,
};
