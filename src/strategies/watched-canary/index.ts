import { preflight } from '../../planning/preflight.ts';
import type { Strategy } from '../strategy.ts';
import { file } from './file.ts';
import { advance, finish, observe, undo } from './moves.ts';
import { rules } from './plan.ts';

/**
 * Argo keeps its own steps and times. The release judges beside it, aborts a bad version, and ends an untimed pause
 * only when it is promoted. It may join an update that another writer began.
 */
export const watchedCanary: Strategy = {
  name: 'watched-canary',
  file,
  plan: (world, spec) => preflight(world, spec, rules),
  advance,
  observe,
  finish,
  undo,
};
