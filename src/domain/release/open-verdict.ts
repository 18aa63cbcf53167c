import type { Open } from '../analysis/verdict.ts';
import type { Policy } from './plan.ts';

/** The texts for a verdict that neither passes nor fails. */
export const OPEN_WORDS: Readonly<Record<Open, string>> = {
  'no-data': 'no data',
  'too-little-traffic': 'too little traffic',
  inconclusive: 'inconclusive',
};

/** The texts for what a release does while its verdict is open. */
export const POLICY_WORDS: Readonly<Record<Policy, string>> = {
  hold: 'holding',
  extend: 'extending',
  ask: 'asking',
  rollback: 'rolling back',
};
