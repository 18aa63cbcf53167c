import { expect, test } from '@jest/globals';
import { versionOf } from '../../../src/domain/updates/version.ts';

const before = (images: Record<string, string>) => [{ podHash: 'aaa', images }];
const state = (images: Record<string, string>, initImages?: Record<string, string>) => ({
  images,
  stableHash: 'aaa',
  ...(initImages && { initImages }),
});

test('the only container is the one, also when its image has not changed', () => {
  expect(
    versionOf(state({ app: 'shop:v1' }, { migrate: 'm:v2' }), before({ app: 'shop:v1', migrate: 'm:v1' })),
  ).toEqual({ container: 'app', image: 'shop:v1' });
});

test('of several containers the first whose image has changed', () => {
  expect(versionOf(state({ log: 'l:v1', app: 'shop:v2' }), before({ log: 'l:v1', app: 'shop:v1' }))).toEqual({
    container: 'app',
    image: 'shop:v2',
  });
});

test('without a changed image, or without the ReplicaSet before, the first container', () => {
  const images = { log: 'l:v1', app: 'shop:v1' };
  expect(versionOf(state(images), before(images))).toEqual({ container: 'log', image: 'l:v1' });
  expect(versionOf(state(images), [])).toEqual({ container: 'log', image: 'l:v1' });
});

test('the file may name an init container, and a name that does not exist is no version', () => {
  const seen = state({ log: 'l:v1', app: 'shop:v2' }, { migrate: 'm:v2' });
  expect(versionOf(seen, [], 'migrate')).toEqual({ container: 'migrate', image: 'm:v2' });
  expect(versionOf(seen, [], 'web')).toBeUndefined();
  expect(versionOf(state({}), [])).toBeUndefined();
});
