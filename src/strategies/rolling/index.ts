import type { Strategy } from '../strategy.ts';
import { file } from './file.ts';

/**
 * Argo replaces pods by the Rollout's own steps, and one Service leads to the pods of both versions. The release judges
 * each step by metrics of its file, and then lets Argo continue.
 */
export const rolling: Strategy = { name: 'rolling', file, verbs: async () => (await import('./verbs.ts')).verbs };
