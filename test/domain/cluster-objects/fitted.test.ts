import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fitted, sizeOf } from '../../../src/domain/cluster-objects/fitted.ts';

test('what fits is unchanged', () => {
  const value = { a: 1, b: ['x'] };
  expect(fitted(value, 100)).toEqual({ value, leftOut: [] });
});

test('small parts stay whole, the large one is shortened, and its path is named', () => {
  const { value, leftOut } = fitted({ name: 'web', spec: { text: 'x'.repeat(5000), replicas: 3 } }, 1000);

  expect(value).toMatchObject({ name: 'web', spec: { replicas: 3 } });
  expect(leftOut).toEqual(['spec.text: 5002 bytes, shortened']);
  expect(sizeOf(value)).toBeLessThan(1000);
});

test('of a list the first items stay, and the number of the others is given', () => {
  const { value, leftOut } = fitted({ items: Array.from({ length: 100 }, (_, index) => `item-${index}`) }, 300);

  expect(value.items[0]).toBe('item-0');
  expect(leftOut).toEqual([`items: ${100 - value.items.length} of 100 items`]);
});

test('every value becomes about as small as asked, and names what is missing', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ minLength: 1, maxLength: 10 }), fc.jsonValue()), (value) => {
      const { value: short, leftOut } = fitted(value, 400);
      expect(sizeOf(short)).toBeLessThanOrEqual(600);
      expect(leftOut.length === 0).toBe(JSON.stringify(short) === JSON.stringify(value));
    }),
    { numRuns: 300 },
  );
});
