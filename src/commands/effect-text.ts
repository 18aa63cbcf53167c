import type { Effect } from '../domain/effect.ts';

export type Outcome = Pick<Effect<unknown>, 'changed' | 'effective' | 'reason'>;

/** The beginning of every write's answer for people: "nothing changed, refused: it is paused by hand". */
export function outcomeText({ changed, effective, reason }: Outcome): string {
  return `${changed ? 'changed' : 'nothing changed'}, ${effective}: ${reason}`;
}
