import { describe, expect, test } from '@jest/globals';
import {
  candidateSelects,
  departure,
  isPromoted,
  stableSelects,
  type Observation,
} from '../../../src/domain/release/observe.ts';
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
      detail: 'the image was changed to shop:v3, this release set shop:v2',
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

  const steps = [{ weight: 25, pauseIndex: 1 }];
  test.each<[string, Observation['steps'], string]>([
    ['another weight', [{ setWeight: 30 }, { pause: {} }], 'weight 25 with its pause is gone'],
    ['a timed pause', [{ setWeight: 25 }, { pause: { seconds: 5 } }], 'weight 25 with its pause is gone'],
    ['no steps', [], 'weight 25 with its pause is gone'],
    [
      'one more step',
      [{ setWeight: 25 }, { pause: {} }, { setWeight: 50 }, { pause: {} }],
      'it has 2 pauses instead of 1',
    ],
  ])('%s in place of the planned steps counts', (_, now, detail) => {
    expect(departure(seen({ steps: now }), { ...expected, steps })).toEqual({
      kind: 'steps-changed',
      detail: `somebody changed the steps of the Rollout while it was released: ${detail}`,
    });
    expect(departure(seen({ steps: now, observed: false }), { ...expected, steps })).toBeUndefined();
  });

  test('the planned steps are not left, and a release without steps of the Rollout looks at none', () => {
    expect(departure(seen(), { ...expected, steps })).toBeUndefined();
    expect(departure(seen({ steps: [] }), { ...expected, steps: [{ weight: 25 }] })).toBeUndefined();
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

test('a Rollout without Services has nothing to select, and a Service that selects nothing is not ready', () => {
  const nameless = { stableService: undefined, stableSelector: undefined } as object;
  expect(stableSelects(nameless, 'new')).toBe(true);
  expect(stableSelects({ stableService: 'shop-stable' }, 'new')).toBe(false);
  expect(stableSelects({ stableSelector: 'old' }, 'new')).toBe(false);
  expect(candidateSelects({}, 'new')).toBe(true);
  expect(candidateSelects({ candidateService: 'shop-canary' }, 'new')).toBe(false);
  expect(candidateSelects({ candidateService: 'shop-canary', candidateSelector: 'new' }, 'new')).toBe(true);
});
