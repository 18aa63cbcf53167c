import type { Verbs } from '../strategy.ts';
import { advance, finish, observe, undo } from './moves.ts';
import { plan } from './plan.ts';

export const verbs: Verbs = { plan, advance, observe, finish, undo };
