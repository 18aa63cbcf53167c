import { expect, test } from '@jest/globals';
import { knownCommands, unsentRecords } from '../../../src/domain/release/continued.ts';
import type { CommandOutcome } from '../../../src/domain/release/command.ts';
import type { RecordLine } from '../../../src/domain/release/record.ts';

const command = (number: number): CommandOutcome => ({
  ...{ requestId: `r${number}`, command: 'pause', outcome: 'applied', detail: `the detail of ${number}` },
  duplicate: false,
});
const event = (number: number, text = `event ${number}`): RecordLine => ({
  ...{ kind: 'event', key: `event/${number}`, at: number },
  data: { at: number, state: 'soaking', text },
});
const snapshot = (number: number) =>
  ({ kind: 'release', key: `release/${number}`, at: number, data: {} }) as unknown as RecordLine;

test('the next run knows the newest commands in full, and of older ones that they were handled', () => {
  const known = knownCommands(Array.from({ length: 3_500 }, (_, index) => command(index)));

  expect(known).toHaveLength(3_000);
  expect(known[0]).toMatchObject({ requestId: 'r500', outcome: 'applied', detail: expect.stringContaining('earlier') });
  expect(known.at(-200)).toEqual(command(3_300));
  expect(known.at(-1)).toEqual(command(3_499));
  expect(JSON.stringify(known).length).toBeLessThan(600_000);
});

test('few commands stay as they are', () => {
  expect(knownCommands([command(1), command(2)])).toEqual([command(1), command(2)]);
});

test('only the last snapshot is sent by the next run, and every event', () => {
  const lines = [snapshot(1), event(1), snapshot(2), event(2), snapshot(3), event(3)];
  expect(unsentRecords(lines)).toEqual([event(1), event(2), snapshot(3), event(3)]);
});

test('after a long outage of the journal the oldest records are left out, so that the next run can start', () => {
  const lines = Array.from({ length: 1_000 }, (_, index) => event(index, 'x'.repeat(1_000)));
  const unsent = unsentRecords(lines);

  expect(JSON.stringify(unsent).length).toBeLessThan(260_000);
  expect(unsent.length).toBeGreaterThan(200);
  expect(unsent.at(-1)).toBe(lines.at(-1));
});
