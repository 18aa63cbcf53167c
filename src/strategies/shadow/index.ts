import type { Strategy } from '../strategy.ts';
import { file } from './file.ts';

/**
 * Before the new version has users, it gets copies of reading requests, and its answers are compared with those of
 * stable. Then the release goes through the weights.
 */
export const shadow: Strategy = { name: 'shadow', file, verbs: async () => (await import('./verbs.ts')).verbs };
