import { observeWith } from '../../delivery/observe.ts';
import { preflight } from '../../planning/preflight.ts';
import type { Verbs } from '../strategy.ts';
import { advance, finish, undo } from './moves.ts';
import * as observation from './observation.ts';
import * as planning from './plan.ts';

export const verbs: Verbs = {
  plan: (world, spec) => preflight(world, spec, planning.rules),
  advance,
  observe: observeWith(observation.rules),
  finish,
  undo,
};
