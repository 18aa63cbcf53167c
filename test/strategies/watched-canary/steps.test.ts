import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { RolloutStep } from '../../../src/domain/rollout.ts';
import { watchedSteps } from '../../../src/strategies/watched-canary/steps.ts';

const step = fc.oneof(
  fc.integer({ min: 0, max: 100 }).map((setWeight): RolloutStep => ({ setWeight })),
  fc.nat({ max: 600 }).map((seconds): RolloutStep => ({ pause: { seconds } })),
  fc.constantFrom('analysis', 'experiment', 'setCanaryScale', 'plugin').map((other): RolloutStep => ({ other })),
);

test('each weight above 0 is a step, with the range of Rollout steps that have it', () => {
  const steps = [
    { other: 'setCanaryScale' },
    { setWeight: 10 },
    { pause: { seconds: 60 } },
    { other: 'analysis' },
    { setWeight: 0 },
    { setWeight: 50 },
    { pause: {} },
    { pause: { seconds: 5 } },
  ];
  expect(watchedSteps(steps)).toEqual({
    steps: [
      { weight: 10, watched: { first: 1, last: 3 } },
      { weight: 50, watched: { first: 5, last: 7 }, pauseIndex: 6 },
    ],
  });
});

test('every list with timed pauses alone is accepted, and no two ranges overlap', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
      const found = watchedSteps(steps);
      if ('problem' in found) throw new Error(found.problem);
      expect(found.steps.map(({ weight }) => weight)).toEqual(steps.flatMap(({ setWeight }) => setWeight || []));
      const bounds = found.steps.flatMap(({ watched }) => (watched ? [watched.first, watched.last] : []));
      expect(bounds).toEqual(bounds.toSorted((a, b) => a - b));
    }),
  );
});

test('two untimed pauses at one weight are refused with both of them', () => {
  const steps = [{ setWeight: 10 }, { pause: {} }, { pause: { seconds: 5 } }, { pause: {} }];
  expect(watchedSteps(steps)).toEqual({
    problem: 'steps 1 and 3 are untimed pauses at the same weight 10',
    next: 'Remove spec.strategy.canary.steps[3].',
  });
});
