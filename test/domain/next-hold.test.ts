import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { nextHold } from '../../src/domain/next-hold.ts';

const STEPS = [
  { setWeight: 10 },
  { pause: {} },
  { setWeight: 50 },
  { pause: { seconds: 60 } },
  { setWeight: 80 },
  { other: 'analysis' },
];

test.each([
  [0, {}, { index: 1, weight: 10, full: false }],
  [2, {}, { index: 3, weight: 50, full: false }],
  [2, { judgedOnly: true }, { index: 5, weight: 80, full: false }],
  [4, {}, { index: 5, weight: 80, full: false }],
  [6, {}, { index: 6, full: true }],
])('from step %i with %j', (from, options, hold) => {
  expect(nextHold(STEPS, from, options)).toEqual(hold);
});

test('a weight of 100 is all traffic, also where it is held; steps that only pass hold nothing', () => {
  expect(nextHold([{ pause: {} }, { setWeight: 100 }, { pause: {} }], 1)).toEqual({
    index: 2,
    weight: 100,
    full: true,
  });
  expect(nextHold([{ other: 'setCanaryScale' }, { pause: {} }], 0)).toEqual({ index: 1, full: false });
  expect(nextHold([], 0)).toEqual({ index: 0, full: true });
});

test('nothing that holds is passed over', () => {
  const step = fc.constantFrom<{ setWeight?: number; pause?: { seconds?: number }; other?: string }>(
    { setWeight: 20 },
    { pause: {} },
    { pause: { seconds: 5 } },
    { other: 'analysis' },
    { other: 'setCanaryScale' },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), fc.nat(12), (steps, from) => {
      const { index } = nextHold(steps, from);
      const passed = steps.slice(from, index);
      expect(passed.every(({ pause, other }) => !pause && other !== 'analysis')).toBe(true);
      expect(index).toBeLessThanOrEqual(Math.max(steps.length, from));
    }),
  );
});
