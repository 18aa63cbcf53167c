import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { RolloutStep } from '../../../src/domain/rollout.ts';
import { releaseSpec } from '../../support/builders.ts';
import { canaryFacts, checksOf } from '../../support/builders-preflight.ts';

const stepCheck = (steps: readonly RolloutStep[]) => {
  const found = checksOf(releaseSpec(), canaryFacts({ steps }));
  return { check: found.checks.find((check) => check.name === 'steps'), plan: found.plan };
};

const setWeight = fc.integer({ min: 0, max: 100 }).map((weight): RolloutStep => ({ setWeight: weight }));
const untimed = fc.constant<RolloutStep>({ pause: {} });
const timed = fc.nat({ max: 600 }).map((seconds): RolloutStep => ({ pause: { seconds } }));
const other = fc
  .constantFrom('analysis', 'experiment', 'setCanaryScale', 'setHeaderRoute', 'plugin')
  .map((name): RolloutStep => ({ other: name }));
const positive = fc.integer({ min: 1, max: 100 }).map((weight): RolloutStep => ({ setWeight: weight }));
const pair = fc.tuple(positive, untimed);
const anySteps = fc.oneof(
  fc.array(fc.oneof({ weight: 4, arbitrary: setWeight }, { weight: 4, arbitrary: untimed }, timed, other), {
    maxLength: 8,
  }),
  fc.array(pair, { maxLength: 5 }).map((pairs) => pairs.flat()),
);

const isPaired = (steps: readonly RolloutStep[]) =>
  steps.length > 0 &&
  steps.length % 2 === 0 &&
  steps.every((step, index) =>
    index % 2 === 0 ? (step.setWeight ?? 0) > 0 : step.pause !== undefined && step.pause.seconds === undefined,
  );

test('a step list is accepted exactly when every setWeight is positive and followed by an untimed pause and nothing else is there', () => {
  fc.assert(fc.property(anySteps, (steps) => expect(stepCheck(steps).check?.ok).toBe(isPaired(steps))));
});

test('an accepted list is the plan: each weight with the index of its pause', () => {
  fc.assert(
    fc.property(fc.array(pair, { minLength: 1, maxLength: 5 }), (pairs) => {
      const expected = pairs.map(([step], index) => ({ weight: step.setWeight, pauseIndex: 2 * index + 1 }));
      expect(stepCheck(pairs.flat()).plan?.steps).toEqual(expected);
    }),
  );
});

test('the list proposed instead is accepted and keeps the weights', () => {
  fc.assert(
    fc.property(
      anySteps.filter((steps) => !isPaired(steps)),
      (steps) => {
        const proposed = JSON.parse(
          (stepCheck(steps).check?.next ?? '').replace(/^Set spec\.strategy\.canary\.steps: (\[.*\])[,.].*$/, '$1'),
        ) as RolloutStep[];
        expect(stepCheck(proposed).check?.ok).toBe(true);
        const weights = (list: readonly RolloutStep[]) => list.flatMap((step) => step.setWeight || []);
        if (weights(steps).length > 0) expect(weights(proposed)).toEqual(weights(steps));
      },
    ),
  );
});
