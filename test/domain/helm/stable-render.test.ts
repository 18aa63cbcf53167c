import { expect, test } from '@jest/globals';
import { common, isRenderingOf, VARIES, varyingPaths } from '../../../src/domain/helm/stable-render.ts';

const first = [{ kind: 'Secret', data: { a: 'x', b: '1' }, list: [1, { c: 2 }] }];
const second = [{ kind: 'Secret', data: { a: 'y', b: '1' }, list: [1, { c: 3 }] }];

test('what differs between two renderings is known by its path, and every further rendering fits', () => {
  const shape = common(first, second);
  expect(varyingPaths(shape)).toEqual(['0.data.a', '0.list.1.c']);
  expect(isRenderingOf(shape, [{ kind: 'Secret', data: { a: 'z', b: '1' }, list: [1, { c: 9 }] }])).toBe(true);
});

test.each([
  ['another value', [{ kind: 'Secret', data: { a: 'z', b: '2' }, list: [1, { c: 9 }] }]],
  ['another key', [{ kind: 'Secret', data: { a: 'z', b: '1', d: '1' }, list: [1, { c: 9 }] }]],
  ['a missing key', [{ kind: 'Secret', data: { a: 'z' }, list: [1, { c: 9 }] }]],
  ['a longer list', [{ kind: 'Secret', data: { a: 'z', b: '1' }, list: [1, { c: 9 }, 3] }]],
  ['another number of objects', []],
])('%s is no rendering of it', (_, objects) => {
  expect(isRenderingOf(common(first, second), objects)).toBe(false);
});

test('renderings of another number of objects have nothing in common', () => {
  expect(common(first, [...first, ...second])).toBe(VARIES);
  expect(isRenderingOf(VARIES, first)).toBe(true);
});
