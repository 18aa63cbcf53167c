import { expect, test } from '@jest/globals';
import { Recent } from '../../src/gateway/recent.ts';

test('a value is made once, and the oldest one goes when there are too many', () => {
  const recent = new Recent<string>(2);
  const made: string[] = [];
  const of = (key: string): string => recent.of(key, () => (made.push(key), key.toUpperCase()));

  expect(['a', 'b', 'a', 'c', 'a'].map(of)).toEqual(['A', 'B', 'A', 'C', 'A']);
  expect(made).toEqual(['a', 'b', 'c', 'a']);
});

test('a value that cannot be made is not kept', () => {
  const recent = new Recent<number>(2);
  const fail = (): number => {
    throw new Error('no');
  };
  expect(() => recent.of('a', fail)).toThrow('no');
  expect(recent.of('a', () => 1)).toBe(1);
});
