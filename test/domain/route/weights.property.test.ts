import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { percentOf, resolveSplit, wrongSplit } from '../../../src/domain/route/weights.ts';

const whole = fc.integer({ min: 0, max: 100 });
const anything = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(-1, 101, 2.5, Number.NaN, Infinity, -0));

describe('wrongSplit', () => {
  test('lets through exactly the pairs of whole percentages that sum to 100', () => {
    fc.assert(
      fc.property(fc.oneof(whole, anything), fc.oneof(whole, anything), (stable, canary) => {
        const good =
          Number.isInteger(stable) && Number.isInteger(canary) && stable >= 0 && canary >= 0 && stable + canary === 100;
        expect(wrongSplit({ stable, canary }) === undefined).toBe(good);
      }),
    );
  });

  test('one weight is enough, and one step; nothing is not, and both are too much', () => {
    fc.assert(
      fc.property(whole, (weight) => {
        expect(wrongSplit({ stable: weight })).toBeUndefined();
        expect(wrongSplit({ canary: weight })).toBeUndefined();
        expect(wrongSplit({ step: true, canary: weight })).toContain('step');
      }),
    );
    expect(wrongSplit({ step: true })).toBeUndefined();
    expect(wrongSplit({})).toContain('canary_weight');
    expect(wrongSplit({ step: false })).toContain('canary_weight');
  });

  test('says what is allowed', () => {
    expect(wrongSplit({ stable: 80, canary: 30 })).toContain('together 100, not 110');
    expect(wrongSplit({ canary: 101 })).toContain('0 to 100');
  });
});

describe('resolveSplit', () => {
  test('what is not given is the rest', () => {
    fc.assert(
      fc.property(whole, whole, fc.integer({ min: 1, max: 100 }), (weight, now, size) => {
        expect(resolveSplit({ canary: weight }, now, size)).toEqual({ stable: 100 - weight, canary: weight });
        expect(resolveSplit({ stable: weight }, now, size)).toEqual({ stable: weight, canary: 100 - weight });
      }),
    );
  });

  test('a step goes up, never over 100, always to whole numbers, and steps end at 100', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 100, noNaN: true }), fc.integer({ min: 1, max: 100 }), (now, size) => {
        let canary = now;
        for (let count = 0; count <= 100 && canary < 100; count += 1) {
          const next = resolveSplit({ step: true }, canary, size);
          expect(next.stable + next.canary).toBe(100);
          expect(Number.isInteger(next.canary)).toBe(true);
          expect(next.canary).toBeLessThanOrEqual(100);
          expect(next.canary).toBeGreaterThan(Math.floor(canary));
          canary = next.canary;
        }
        expect(canary).toBe(100);
      }),
    );
  });
});

test('percentOf: shares of all weights sum to 100, and of none to 0', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(1000), { minLength: 1, maxLength: 5 }), (all) => {
      const sum = all.reduce((total, weight) => total + percentOf(weight, all), 0);
      expect(sum).toBeCloseTo(all.some((weight) => weight > 0) ? 100 : 0, 6);
    }),
  );
});
