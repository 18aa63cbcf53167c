import { observeWith } from '../../delivery/observe.ts';
import { preflight } from '../../planning/preflight.ts';
import type { Strategy } from '../strategy.ts';
import { file } from './file.ts';
import { advance, finish, undo } from './moves.ts';
import * as planning from './plan.ts';
import * as observation from './observation.ts';

/**
 * The release moves traffic to the preview Service in its own steps. After all steps have passed, Argo switches over.
 */
export const blueGreen: Strategy = {
  name: 'blue-green',
  file,
  plan: (world, spec) => preflight(world, spec, planning.rules),
  advance,
  observe: observeWith(observation.rules),
  finish,
  undo,
};
