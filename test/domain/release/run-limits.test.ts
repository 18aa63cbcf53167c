import { expect, test } from '@jest/globals';
import { nearLimit, type RunUse } from '../../../src/domain/release/run-limits.ts';

const use = (more: Partial<RunUse>): RunUse => ({
  events: 300,
  bytes: 90_000,
  commands: 20,
  suggested: false,
  ...more,
});

test.each<[string, RunUse, number | undefined, string | undefined]>([
  ['a usual run', use({}), undefined, undefined],
  ['many commands', use({ commands: 500 }), undefined, '500 commands'],
  ['many events', use({ events: 10_000 }), undefined, '10000 events'],
  ['a limit of its own', use({}), 250, '300 events'],
  ['a limit of its own that is not reached', use({}), 301, undefined],
  ['a large history', use({ bytes: 10_000_000 }), undefined, '10000000 bytes'],
  ["Temporal's suggestion", use({ suggested: true }), undefined, '300 events, 90000 bytes, 20 commands'],
  ['a run that has just begun, whatever is suggested', use({ events: 199, suggested: true }), 10, undefined],
])('%s', (_, used, maxEvents, text) => {
  expect(nearLimit(used, maxEvents)).toBe(text);
});
