import { describe, expect, test } from '@jest/globals';
import { departure, isPromoted, type Observation } from '../../../src/domain/release/observe.ts';
import { seen } from '../../support/builders-observation.ts';

describe('departure', () => {
  const expected = { toImage: 'shop:v2', newHash: 'new' };

  test('a Rollout as the release left it is not left', () => {
    expect(departure(seen(), expected)).toBeUndefined();
    expect(departure(seen({ podHash: 'whatever' }), { toImage: 'shop:v2' })).toBeUndefined();
  });

  test('another image counts at once, also before the controller has seen it', () => {
    expect(departure(seen({ image: 'shop:v3', observed: false }), expected)).toEqual({
      kind: 'superseded',
      detail: 'the image is now shop:v3, this release set shop:v2',
    });
  });

  test('another template counts once the controller has seen it', () => {
    expect(departure(seen({ podHash: 'other' }), expected)).toMatchObject({
      kind: 'superseded',
      detail: expect.stringContaining('template changed'),
    });
    expect(departure(seen({ podHash: 'other', observed: false }), expected)).toBeUndefined();
  });

  test('an abort counts, but another version counts more', () => {
    expect(departure(seen({ aborted: true }), expected)).toMatchObject({ kind: 'aborted-elsewhere' });
    expect(departure(seen({ aborted: true, podHash: 'other' }), expected)).toMatchObject({ kind: 'superseded' });
  });
});

test.each<[string, Partial<Observation>, boolean]>([
  ['stable everywhere', {}, true],
  ['the selector follows later', { stableSelector: 'old' }, false],
  ['not stable yet', { stableHash: 'old' }, false],
  ['another version after it', { podHash: 'other' }, false],
  ['not observed', { observed: false }, false],
])('promoted: %s', (_what, changes, expected) => {
  expect(isPromoted(seen({ stableHash: 'new', stableSelector: 'new', ...changes }), 'new')).toBe(expected);
});
