import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { cron } from '../../src/contract/cron.ts';

const takes = (text: string): boolean => cron.safeParse(text).success;

test.each(['0 22 * * 1-5', '*/15 0-6,22-23 1,15 jan-mar MON', '59 23 31 12 7', '0 0 1 */3 *'])('%s', (text) => {
  expect(takes(text)).toBe(true);
});

test.each([
  '99 0 1 1 *',
  '0 24 * * *',
  '0 0 0 * *',
  '0 0 * 13 *',
  '0 0 * * 8',
  '0 0 * * fun',
  '0 0 * *',
  '0 0 * * * *',
  '*/0 * * * *',
  '5-1 * * * *',
  '@daily',
  '',
])('%j is refused', (text) => {
  expect(takes(text)).toBe(false);
});

test('every value within the range of its field, and none beyond', () => {
  const field = fc.constantFrom([0, 0, 59] as const, [1, 0, 23] as const, [2, 1, 31] as const, [3, 1, 12] as const);
  fc.assert(
    fc.property(field, fc.integer({ min: 0, max: 99 }), ([index, least, most], value) => {
      const fields = ['*', '*', '*', '*', '*'].with(index, String(value));
      expect(takes(fields.join(' '))).toBe(value >= least && value <= most);
    }),
  );
});
