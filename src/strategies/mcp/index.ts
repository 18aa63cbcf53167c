import type { Strategy } from '../strategy.ts';
import { file } from './file.ts';

/** A version of an MCP server gets its callers from the gateways, step by step, and becomes blue at the end. */
export const mcp: Strategy = { name: 'mcp', file, verbs: async () => (await import('./verbs.ts')).verbs };
