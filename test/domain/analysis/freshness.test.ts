import { expect, test } from '@jest/globals';
import { silenceFinding } from '../../../src/domain/analysis/freshness.ts';

const at = (ms: number) => ({ at: ms, gone: [] });
const NOW = 1_000_000;

test('scrapes that come are no finding, whatever their interval', () => {
  expect(silenceFinding({ a: at(NOW - 900), b: at(NOW - 100) }, 1_000, NOW)).toBeUndefined();
  expect(silenceFinding({ a: at(NOW - 59_000), b: at(NOW - 2_000) }, 60_000, NOW)).toBeUndefined();
  expect(silenceFinding({}, 0, NOW)).toBeUndefined();
});

test('a replica that is silent while another goes on keeps the step open, and is named', () => {
  expect(silenceFinding({ a: at(NOW - 40_000), b: at(NOW) }, 5_000, NOW)).toMatchObject({
    outcome: 'no-data',
    reason: expect.stringContaining('a (for 40 s)'),
  });
});

test('scrapes that stopped altogether keep it open', () => {
  expect(silenceFinding({ a: at(NOW - 80_000), b: at(NOW - 80_000) }, 15_000, NOW)).toMatchObject({
    outcome: 'no-data',
    reason: expect.stringContaining('no new sample'),
  });
});
