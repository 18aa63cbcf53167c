import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseReleaseId, releaseId, sameRelease } from '../../../src/domain/release/target.ts';

const name = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/);
const context = fc.string({ minLength: 1 });

test('an id names its target, whatever the context is called', () => {
  fc.assert(
    fc.property(context, name, name, (cluster, namespace, rollout) => {
      const target = { cluster, namespace, rollout };
      expect(parseReleaseId(releaseId(target))).toEqual(target);
    }),
  );
});

test('a context with slashes keeps them', () => {
  const id = 'release/arn:aws:eks:eu-west-1:1234:cluster/prod/shop/api';
  expect(parseReleaseId(id)).toEqual({
    cluster: 'arn:aws:eks:eu-west-1:1234:cluster/prod',
    namespace: 'shop',
    rollout: 'api',
  });
});

test.each([
  '',
  'release',
  'release/dev',
  'release/shop/api',
  'other/dev/shop/api',
  'release/dev/shop/',
  'release/dev//api',
])('%j names no target', (id) => {
  expect(parseReleaseId(id)).toBeUndefined();
});

test('two runs of one release are one owner', () => {
  expect(sameRelease({ releaseId: 'a', runId: '1' }, { releaseId: 'a', runId: '2' })).toBe(true);
  expect(sameRelease({ releaseId: 'a', runId: '1' }, { releaseId: 'b', runId: '1' })).toBe(false);
});
