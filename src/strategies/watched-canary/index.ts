import type { Strategy } from '../strategy.ts';
import { file } from './file.ts';

/**
 * Argo keeps its own steps and times. The release judges beside it, aborts a bad version, and ends an untimed pause
 * only when it is promoted. It may join an update that another writer began.
 */
export const watchedCanary: Strategy = {
  name: 'watched-canary',
  file,
  joins: true,
  verbs: async () => (await import('./verbs.ts')).verbs,
};
