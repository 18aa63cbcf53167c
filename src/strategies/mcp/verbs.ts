import type { Verbs } from '../strategy.ts';
import { advance, finish, undo } from './moves.ts';
import { observe } from './observation.ts';
import { plan } from './plan.ts';

export const verbs: Verbs = { plan, advance, observe, finish, undo };
