import { expect, test } from '@jest/globals';
import type { Observation } from '../../../src/domain/release/observe.ts';
import { isBackOnStable, isHeldAt } from '../../../src/domain/release/argo-weights.ts';
import { AT_PAUSE, seen } from '../../support/builders-observation.ts';

const without = <K extends keyof Observation>(key: K): Observation => {
  const { [key]: _gone, ...rest } = AT_PAUSE;
  return rest as Observation;
};

test.each<[string, Observation, boolean]>([
  ['at the pause', seen(), true],
  ['another step', seen({ stepIndex: 3 }), false],
  ['no step', without('stepIndex'), false],
  ['another hash', seen({ podHash: 'other' }), false],
  ['a spec that was not seen yet', seen({ observed: false }), false],
  ['a pause that was just ended', seen({ pauseReasons: [] }), false],
  ['a pause that the controller did not make', seen({ controllerPause: false }), false],
])('held at its pause: %s', (_what, observation, expected) => {
  expect(isHeldAt(observation, 'new', 1)).toBe(expected);
});

test.each<[string, Partial<Observation>, boolean]>([
  ['both selectors and no weight', {}, true],
  ['the candidate selector still flaps', { candidateSelector: 'new' }, false],
  ['weight is left', { canaryWeight: 5 }, false],
  ['the stable Service has the new version', { stableSelector: 'new' }, false],
])('back on stable: %s', (_what, changes, expected) => {
  const observation = seen({ stableSelector: 'old', candidateSelector: 'old', canaryWeight: 0, ...changes });
  expect(isBackOnStable(observation, 'old')).toBe(expected);
});
