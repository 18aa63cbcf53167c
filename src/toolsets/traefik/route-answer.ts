import type { z } from 'zod';
import { effectFields } from '../../contract/effect.ts';
import { routeSnapshot } from '../../contract/route-snapshot.ts';
import type { RouteSnapshot } from '../../contract/route-snapshot.ts';
import type { RouteView } from '../../ports/routes.ts';
import { outcomeText } from '../../commands/effect-text.ts';
import { entryName } from './route-snapshot.ts';

export const routeEffect = effectFields(routeSnapshot);
export type RouteAnswer = z.output<z.ZodObject<typeof routeEffect>>;

/** The answer when nothing was written because of the state. */
export function refused(reason: string, state?: RouteSnapshot, next?: string): RouteAnswer {
  return {
    changed: false,
    effective: 'refused',
    reason,
    ...(state && { before: state, after: state }),
    ...(next !== undefined && { next }),
  };
}

/** "web-stable 90, web-canary 10" */
export function weightsText(view: Pick<RouteView, 'entries'>, weights: readonly number[]): string {
  return view.entries.map((entry, index) => `${entryName(view.entries, entry)} ${weights[index] ?? 0}`).join(', ');
}

/** The result of a write to a route, as text. */
export function effectText(
  route: string,
  answer: Pick<RouteAnswer, 'changed' | 'effective' | 'reason' | 'next'>,
): string {
  return [`${route}: ${outcomeText(answer)}.`, ...(answer.next === undefined ? [] : [answer.next])].join('\n');
}
