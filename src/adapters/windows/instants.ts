import type { Temporal } from 'temporal-polyfill';
import type { Window } from '../../domain/windows/window.ts';

/**
 * When an occurrence begins and ends, epoch ms. It is one period on every day: clocks that are set forward or back
 * neither remove nor divide it. A begin that the clocks skip is the moment of the change. An end that they skip comes
 * as long after the change as it would come after the skipped hour began. Of a time that the clocks show twice, a begin
 * is the first one. An end is the first one for `allow`, and the second one for `deny`.
 */
export function instantsOf(
  window: Pick<Window, 'kind' | 'timeZone'>,
  start: Temporal.PlainDateTime,
  end: Temporal.PlainDateTime,
): { readonly from: number; readonly to: number } {
  const begin = readings(start, window.timeZone);
  const close = readings(end, window.timeZone);
  return {
    from: begin.skipped ? changeAfter(begin.earlier) : begin.earlier.epochMilliseconds,
    to: (close.skipped || window.kind === 'deny' ? close.later : close.earlier).epochMilliseconds,
  };
}

interface Readings {
  readonly earlier: Temporal.ZonedDateTime;
  readonly later: Temporal.ZonedDateTime;
  /** The clocks of the zone never show this time. */
  readonly skipped: boolean;
}

function readings(time: Temporal.PlainDateTime, zone: string): Readings {
  const [earlier, later] = (['earlier', 'later'] as const).map((disambiguation) =>
    time.toZonedDateTime(zone, { disambiguation }),
  ) as [Temporal.ZonedDateTime, Temporal.ZonedDateTime];
  return { earlier, later, skipped: !later.toPlainDateTime().equals(time) };
}

/** The moment at which the clocks skip a time. `before`: the reading that lies before it. */
function changeAfter(before: Temporal.ZonedDateTime): number {
  return (before.getTimeZoneTransition('next') ?? before).epochMilliseconds;
}
