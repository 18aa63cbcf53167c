import { expect, test } from '@jest/globals';
import { findPair } from '../../../src/domain/route/arms.ts';

const NOTHING = { named: {}, rollouts: [] };

test('what the caller names counts before all else, and must be there', () => {
  const services = ['b', 'a'];
  expect(findPair(services, { named: { stable: 'a', canary: 'b' }, rollouts: [{ stable: 'b', canary: 'a' }] })).toEqual(
    { stable: 'a', canary: 'b' },
  );
  expect(findPair(services, { named: { stable: 'a' }, rollouts: [] })).toEqual({ stable: 'a', canary: 'b' });
  expect(findPair(services, { named: { canary: 'a' }, rollouts: [] })).toEqual({ stable: 'b', canary: 'a' });
  expect(findPair(services, { named: { stable: 'a', canary: 'c' }, rollouts: [] })).toBeUndefined();
  expect(findPair(services, { named: { stable: 'a', canary: 'a' }, rollouts: [] })).toBeUndefined();
  expect(findPair(['a', 'b', 'c'], { named: { stable: 'a' }, rollouts: [] })).toBeUndefined();
});

test('a Rollout over both counts before the names', () => {
  const rollouts = [{ stable: 'x', canary: 'y' }, { stable: 'web-canary', canary: 'web-stable' }, {}];
  expect(findPair(['web-stable', 'web-canary'], { named: {}, rollouts })).toEqual({
    stable: 'web-canary',
    canary: 'web-stable',
  });
});

test('names tell by their ends, in any order', () => {
  expect(findPair(['web-canary', 'web-stable'], NOTHING)).toEqual({ stable: 'web-stable', canary: 'web-canary' });
  expect(findPair(['web-active', 'web-preview', 'other'], NOTHING)).toEqual({
    stable: 'web-active',
    canary: 'web-preview',
  });
});

test('the order alone tells nothing', () => {
  expect(findPair(['one', 'two'], NOTHING)).toBeUndefined();
  expect(findPair(['a-stable', 'b-stable', 'a-canary'], NOTHING)).toBeUndefined();
  expect(findPair([], NOTHING)).toBeUndefined();
});
