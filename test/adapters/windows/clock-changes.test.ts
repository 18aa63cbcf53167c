import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { spansOf } from '../../../src/adapters/windows/occurrences.ts';
import { aWindow } from '../../support/windows.ts';

const DAY = 86_400_000;
const MINUTE = 60_000;

/** Zones of every kind: changes of an hour, of half an hour, at midnight, southern, none, and whole days left out. */
const ZONES = [
  ...['Europe/Berlin', 'Europe/London', 'Europe/Dublin', 'Europe/Lisbon', 'Europe/Athens', 'Europe/Chisinau'],
  ...['Europe/Istanbul', 'Europe/Moscow', 'America/New_York', 'America/Chicago', 'America/Denver', 'America/Phoenix'],
  ...['America/Los_Angeles', 'America/Anchorage', 'America/Halifax', 'America/St_Johns', 'America/Havana'],
  ...['America/Sao_Paulo', 'America/Santiago', 'America/Asuncion', 'America/Nuuk', 'America/Mexico_City'],
  ...['Africa/Cairo', 'Africa/Casablanca', 'Africa/Johannesburg', 'Asia/Beirut', 'Asia/Jerusalem', 'Asia/Gaza'],
  ...['Asia/Tehran', 'Asia/Kolkata', 'Asia/Kathmandu', 'Asia/Shanghai', 'Asia/Tokyo', 'Australia/Sydney'],
  ...['Australia/Adelaide', 'Australia/Lord_Howe', 'Australia/Brisbane', 'Pacific/Auckland', 'Pacific/Chatham'],
  ...['Pacific/Apia', 'Pacific/Honolulu', 'Atlantic/Azores', 'UTC'],
];

const formats = new Map<string, Intl.DateTimeFormat>();

/** What the clocks of a zone show, as the platform says: the oracle of these tests. */
function reading(zone: string, at: number): string {
  const format =
    formats.get(zone) ?? new Intl.DateTimeFormat('sv', { timeZone: zone, dateStyle: 'short', timeStyle: 'medium' });
  formats.set(zone, format);
  return format.format(at).replace(' ', 'T').slice(0, 16);
}

const local = (at: number): string => new Date(at).toISOString().slice(0, 16);

/** Whether the clocks show a time at any minute near it. */
function moments(zone: string, time: string): readonly number[] {
  const near = Date.parse(`${time}Z`);
  const found: number[] = [];
  // A zone's offset is a whole number of quarters of an hour, so every moment of this reading is one of these.
  for (let at = near - DAY; at <= near + DAY; at += 15 * MINUTE) if (reading(zone, at) === time) found.push(at);
  return found;
}

/** The time on the clocks before each of their changes in the years 2011 to 2027, as if it were UTC. */
function changes(zone: string): readonly number[] {
  const offset = (at: number) => Date.parse(`${reading(zone, at)}Z`) - at;
  const found: number[] = [];
  for (let at = Date.UTC(2011, 0, 1); at < Date.UTC(2028, 0, 1); at += DAY) {
    if (offset(at) === offset(at + DAY)) continue;
    let [before, after] = [at, at + DAY];
    while (after - before > MINUTE) {
      const middle = before + Math.floor((after - before) / 2 / MINUTE) * MINUTE;
      if (offset(middle) === offset(at)) before = middle;
      else after = middle;
    }
    found.push(after + offset(at));
  }
  return found;
}

const KINDS = ['allow', 'deny'] as const;

describe.each(ZONES)('%s', (zone) => {
  const days = [...changes(zone), Date.UTC(2026, 5, 15)];
  const window = fc.record({
    kind: fc.constantFrom(...KINDS),
    day: fc.constantFrom(...days),
    startMinutes: fc.integer({ min: -100, max: 100 }),
    minutes: fc.oneof(fc.integer({ min: 1, max: 180 }), fc.integer({ min: 1, max: 3_000 })),
  });

  test('every occurrence near a change of the clocks is one period that begins and ends as the clocks say', () => {
    fc.assert(
      fc.property(window, ({ kind, day, startMinutes, minutes }) => {
        const begin = day + startMinutes * MINUTE;
        const [start, end] = [local(begin), local(begin + minutes * MINUTE)];
        const spans = spansOf(aWindow({ kind, start, end, timeZone: zone }), begin - 40 * DAY, begin + 40 * DAY);
        expect(spans).toHaveLength(1);
        const { from, to } = spans[0] ?? { from: 0, to: 0 };
        const [starts, ends] = [moments(zone, start), moments(zone, end)];
        // An occurrence that lies in the skipped hour as a whole is over when it begins.
        if (starts.length > 0) expect(to).toBeGreaterThan(from);
        else expect(to).toBeGreaterThanOrEqual(from);
        if (starts.length > 0) expect(from).toBe(starts[0]);
        else expect(reading(zone, from) > start && reading(zone, from - MINUTE) < start).toBe(true);
        if (ends.length > 0) expect(to).toBe(kind === 'deny' ? ends.at(-1) : ends[0]);
        else expect(reading(zone, to) >= end).toBe(true);
      }),
      { numRuns: 20 },
    );
  });

  test('a daily window occurs once on each date that the zone has, and its occurrences are in order', () => {
    for (const day of days.slice(-4)) {
      const start = `${local(day - 20 * DAY).slice(0, 11)}02:30`;
      const daily = aWindow({
        kind: 'deny',
        start,
        end: start.replace('02:30', '02:45'),
        timeZone: zone,
        rrule: 'FREQ=DAILY',
      });
      const spans = spansOf(daily, day - 5 * DAY, day + 5 * DAY);
      expect(spans.length).toBeGreaterThanOrEqual(9);
      expect(spans.length).toBeLessThanOrEqual(12);
      for (const [index, { from }] of spans.entries()) {
        const before = spans[index - 1];
        if (before) expect(from - before.from).toBeGreaterThanOrEqual(22 * 60 * MINUTE);
        if (before) expect(from - before.from).toBeLessThanOrEqual(49 * 60 * MINUTE);
      }
    }
  });
});
