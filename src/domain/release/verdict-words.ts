import type { ReleaseState } from './state.ts';

/** States in which the newest verdict is about the weight that is in force now. */
const JUDGED_NOW: readonly ReleaseState[] = ['judging', 'waiting-for-decision'];

/** Whether the release judges now. Elsewhere its newest verdict is of the past: of a step before, or before a pause. */
export function isJudgedNow(state: ReleaseState): boolean {
  return JUDGED_NOW.includes(state);
}

/** The name of the newest verdict. `to`: its time in ISO 8601, or in epoch ms. A verdict of the past has its time. */
export function verdictWords(state: ReleaseState, to: string | number): string {
  const at = typeof to === 'number' ? new Date(to).toISOString() : to;
  return isJudgedNow(state) ? 'Last verdict' : `Last verdict, of ${at.slice(11, 19)} UTC`;
}
