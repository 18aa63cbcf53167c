import { describe, expect, test } from '@jest/globals';
import {
  atBlueGreenPause,
  atCanaryPause,
  departure,
  isBackOnStable,
  isPromoted,
  type Observation,
} from '../../../src/domain/release/observe.ts';

const AT_PAUSE: Observation = {
  observed: true,
  image: 'shop:v2',
  podHash: 'new',
  stableHash: 'old',
  stepIndex: 1,
  pauseReasons: ['CanaryPauseStep'],
  controllerPause: true,
  aborted: false,
  phase: 'Paused',
  message: '',
  stableSelector: 'old',
  candidateSelector: 'new',
  canaryWeight: 25,
  replicas: { desired: 2, updated: 1, available: 3 },
};
const seen = (changes: Partial<Observation> = {}): Observation => ({ ...AT_PAUSE, ...changes });
const without = <K extends keyof Observation>(key: K): Observation => {
  const { [key]: _gone, ...rest } = AT_PAUSE;
  return rest as Observation;
};

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

test.each<[string, Observation, boolean]>([
  ['at the pause', seen(), true],
  ['another step', seen({ stepIndex: 3 }), false],
  ['no step', without('stepIndex'), false],
  ['another hash', seen({ podHash: 'other' }), false],
  ['a spec that was not seen yet', seen({ observed: false }), false],
  ['a pause that was just ended', seen({ pauseReasons: [] }), false],
  ['a pause that the controller did not make', seen({ controllerPause: false }), false],
])('canary pause: %s', (_what, observation, expected) => {
  expect(atCanaryPause(observation, 'new', 1)).toBe(expected);
});

test.each<[string, Partial<Observation>, boolean]>([
  ['waiting for its promotion', {}, true],
  ['another reason', { pauseReasons: ['CanaryPauseStep'] }, false],
  ['another hash', { podHash: 'other' }, false],
  ['not observed', { observed: false }, false],
  ['no pause', { controllerPause: false }, false],
])('blue-green pause: %s', (_what, changes, expected) => {
  expect(atBlueGreenPause(seen({ pauseReasons: ['BlueGreenPause'], ...changes }), 'new')).toBe(expected);
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

test.each<[string, Partial<Observation>, boolean, boolean]>([
  ['both selectors and no weight', {}, true, true],
  ['the candidate selector still flaps', { candidateSelector: 'new' }, false, true],
  ['weight is left', { canaryWeight: 5 }, false, true],
  ['the stable Service has the new version', { stableSelector: 'new' }, false, false],
])('back on stable: %s', (_what, changes, canary, blueGreen) => {
  const observation = seen({ stableSelector: 'old', candidateSelector: 'old', canaryWeight: 0, ...changes });
  expect(isBackOnStable(observation, 'old', 'canary')).toBe(canary);
  expect(isBackOnStable(observation, 'old', 'blue-green')).toBe(blueGreen);
});
