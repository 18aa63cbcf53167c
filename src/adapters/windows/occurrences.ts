import { RRuleTemporal } from 'rrule-temporal';
import { Temporal } from 'temporal-polyfill';
import type { Span } from '../../domain/windows/state.ts';
import type { Window } from '../../domain/windows/window.ts';
import { instantsOf } from './instants.ts';

const DAY_MS = 86_400_000;
/** A zone may be 14 hours away from UTC, and a change of its clocks may move a time by up to a day. */
const ZONES_MS = 2 * DAY_MS;

/**
 * The occurrences of a window that touch the time from `from` to `to` (epoch ms), in order. The library computes with
 * dates of the calendar only. It would leave out an occurrence whose begin the clocks skip
 * (findings/rrule-temporal-skipped-hour.sh), and a freeze must not be left out.
 */
export function spansOf(window: Window, from: number, to: number): readonly Span[] {
  const start = Temporal.PlainDateTime.from(window.start);
  const length = start.until(Temporal.PlainDateTime.from(window.end));
  const lengthMs = length.total({ unit: 'millisecond', relativeTo: start });
  return startsOf(window, start, from - lengthMs - ZONES_MS, to + ZONES_MS)
    .map((begin) => ({ window, ...instantsOf(window, begin, begin.add(length)) }))
    .filter((span) => span.to > from && span.from <= to);
}

/** The dates and times, read on clocks without a zone, at which a window begins. */
function startsOf(
  { rrule }: Window,
  start: Temporal.PlainDateTime,
  from: number,
  to: number,
): readonly Temporal.PlainDateTime[] {
  if (rrule === undefined) return [start];
  const rule = new RRuleTemporal({ rruleString: `DTSTART:${compactTime(start)}Z\nRRULE:${rrule}` });
  return rule
    .between(new Date(from), new Date(to), true)
    .map((at) => Temporal.PlainDateTime.from(at.toString({ timeZoneName: 'never', offset: 'never' })));
}

function compactTime(time: Temporal.PlainDateTime): string {
  return time.toString({ smallestUnit: 'second' }).replaceAll(/[-:]/g, '');
}
