import type { Strategy } from '../strategy.ts';
import { file } from './file.ts';
import { advance, finish, undo } from './moves.ts';
import { observe } from './observation.ts';
import { plan } from './plan.ts';

/** A version of an MCP server gets its callers from the gateways, step by step, and becomes blue at the end. */
export const mcp: Strategy = { name: 'mcp', file, plan, advance, observe, finish, undo };
