import { expect, test } from '@jest/globals';
import { notArrived } from '../../../src/targets/argo-rollout/steer-promote.ts';
import type { RolloutState } from '../../../src/domain/rollout.ts';

const steps = [
  { setWeight: 10 },
  { pause: {} },
  { setWeight: 30 },
  { pause: {} },
  { setWeight: 60 },
  { other: 'analysis' },
];
const before = { steps, podHash: 'new', stableHash: 'old', stepIndex: 1 } as unknown as RolloutState;
const at = { podHash: 'new', stepIndex: 1 };

/** What is missing when the Rollout shows this step. */
const missing = (seen: Partial<RolloutState>, from = at) => {
  const view = { ...before, aborted: false, specPaused: false, pauseReasons: [], ...seen };
  return notArrived({ view } as Parameters<typeof notArrived>[0], before, from);
};

test.each<[string, Partial<RolloutState>, string | undefined]>([
  ['on its way', { stepIndex: 2 }, 'it is busy with step 2; the next hold is step 3'],
  [
    'at the index of the pause, before Argo writes the pause',
    { stepIndex: 3 },
    'it has reached the step of the next pause, and the pause has not begun',
  ],
  ['held by the pause', { stepIndex: 3, pauseReasons: ['CanaryPauseStep'] }, undefined],
  ['paused by hand at the pause', { stepIndex: 3, specPaused: true }, undefined],
  ['past a pause that ended by itself', { stepIndex: 4 }, undefined],
  ['of another version', { podHash: 'other' }, 'new was replaced by other'],
])('a promotion of a canary that is %s', (_state, seen, answer) => {
  expect(missing(seen)).toEqual(answer);
});

test('a hold that is no pause needs no pause condition', () => {
  expect(missing({ stepIndex: 5 }, { podHash: 'new', stepIndex: 3 })).toBeUndefined();
});
