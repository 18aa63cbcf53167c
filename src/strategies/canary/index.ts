import { observeWith } from '../../delivery/observe.ts';
import { preflight } from '../../planning/preflight.ts';
import type { Strategy } from '../strategy.ts';
import { file } from './file.ts';
import { advance, finish, undo } from './moves.ts';
import * as planning from './plan.ts';
import { argoWeightRules as rules } from '../../domain/release/argo-weights.ts';

/** Argo moves traffic by the Rollout's own steps. The release judges each step and then lets Argo continue. */
export const canary: Strategy = {
  name: 'canary',
  file,
  plan: (world, spec) => preflight(world, spec, planning.rules),
  advance,
  observe: observeWith(rules),
  finish,
  undo,
};
