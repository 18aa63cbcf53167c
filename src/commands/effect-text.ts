import type { Effect } from '../domain/effect.ts';

export type Outcome = Pick<Effect<unknown>, 'changed' | 'effective' | 'reason'>;

/** How every write begins its answer for people: "nothing changed, refused: it is paused by hand". */
export function outcomeText({ changed, effective, reason }: Outcome): string {
  return `${changed ? 'changed' : 'nothing changed'}, ${effective}: ${reason}`;
}
