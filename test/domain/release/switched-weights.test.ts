import { expect, test } from '@jest/globals';
import type { Observation } from '../../../src/domain/release/observe.ts';
import { isBackOnStable, isHeld } from '../../../src/domain/release/switched-weights.ts';
import { seen } from '../../support/builders-observation.ts';

test.each<[string, Partial<Observation>, boolean]>([
  ['waiting for its promotion', {}, true],
  ['another reason', { pauseReasons: ['CanaryPauseStep'] }, false],
  ['another hash', { podHash: 'other' }, false],
  ['not observed', { observed: false }, false],
  ['no pause', { controllerPause: false }, false],
])('held before the switch: %s', (_what, changes, expected) => {
  expect(isHeld(seen({ pauseReasons: ['BlueGreenPause'], ...changes }), 'new')).toBe(expected);
});

test.each<[string, Partial<Observation>, boolean]>([
  ['both selectors and no weight', {}, true],
  ['the candidate selector still flaps', { candidateSelector: 'new' }, true],
  ['weight is left', { canaryWeight: 5 }, true],
  ['the stable Service has the new version', { stableSelector: 'new' }, false],
])('back on stable: %s', (_what, changes, expected) => {
  const observation = seen({ stableSelector: 'old', candidateSelector: 'old', canaryWeight: 0, ...changes });
  expect(isBackOnStable(observation, 'old')).toBe(expected);
});
