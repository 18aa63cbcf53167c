import type { Strategy } from '../strategy.ts';
import { file } from './file.ts';

/**
 * The release moves traffic to the preview Service in its own steps. After all steps have passed, Argo switches over.
 */
export const blueGreen: Strategy = { name: 'blue-green', file, verbs: async () => (await import('./verbs.ts')).verbs };
