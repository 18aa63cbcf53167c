import { preflight } from '../../planning/preflight.ts';
import type { Verbs } from '../strategy.ts';
import { advance, finish, observe, undo } from './moves.ts';
import { rules } from './plan.ts';

export const verbs: Verbs = {
  plan: (world, spec) => preflight(world, spec, rules),
  advance,
  observe,
  finish,
  undo,
};
