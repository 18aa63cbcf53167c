import type { Strategy } from '../strategy.ts';
import { file } from './file.ts';

/** Argo moves traffic by the Rollout's own steps. The release judges each step and then lets Argo continue. */
export const canary: Strategy = { name: 'canary', file, verbs: async () => (await import('./verbs.ts')).verbs };
