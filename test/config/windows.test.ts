import { expect, test } from '@jest/globals';
import { readWindows } from '../../src/config/windows.ts';

const ENTRY = { kind: 'deny', start: '2026-12-20T00:00', end: '2027-01-02T00:00', time_zone: 'Europe/Berlin' };
const problems = (fields: object, name = 'freeze') => readWindows({ [name]: { ...ENTRY, ...fields } }).problems;

test('an entry has defaults for its scope and for what happens at its closing', () => {
  expect(readWindows({ freeze: ENTRY })).toEqual({
    problems: [],
    windows: [
      {
        name: 'freeze',
        kind: 'deny',
        start: ENTRY.start,
        end: ENTRY.end,
        timeZone: 'Europe/Berlin',
        clusters: [],
        namespaces: [],
        targets: [],
        onClose: 'finish_step',
      },
    ],
  });
  expect(readWindows(undefined)).toEqual({ windows: [], problems: [] });
});

test.each([
  [{ kind: 'permit' }, /^windows\.freeze\.kind: must be allow or deny/],
  [{ timezone: 'UTC' }, /^windows\.freeze\.timezone: is not a field of a window; did you mean time_zone\?/],
  [{ time_zone: 'Europe/Berln' }, /time_zone: must be the IANA name/],
  [{ time_zone: '+01:00' }, /time_zone: must be the IANA name/],
  [{ start: '2026-12-20' }, /start: must be a date and a time without a zone/],
  [{ start: '2026-12-20T00:00Z' }, /start: must be a date and a time without a zone/],
  [{ start: '2026-02-30T00:00' }, /start: is no date of the calendar/],
  [{ end: '2026-12-20T00:00' }, /end: must be later than start/],
  [{ rrule: 'FREQ=DAILY;BYHOUR=3' }, /rrule: has a part that windows do not know/],
  [{ rrule: 'FREQ=YEARLY', end: '2027-03-02T00:00' }, /end: is more than 31 days after start/],
  [{ on_close: 'stop' }, /on_close: must be one of finish_step, hold, go_back/],
  [{ targets: ['web'] }, /targets\.0: must be namespace\/name/],
  [{ reason: ' ' }, /reason/],
])('%j is refused with the path of the field', (fields, problem) => {
  expect(problems(fields)).toEqual([expect.stringMatching(problem)]);
});

test('names and the section itself are checked', () => {
  expect(problems({}, 'The Freeze')).toEqual([expect.stringMatching(/^windows\.The Freeze: a name has lower-case/)]);
  expect(readWindows([]).problems).toEqual(['windows: must hold one entry for each window, by its name']);
  expect(readWindows({ freeze: null }).problems).toHaveLength(1);
});
