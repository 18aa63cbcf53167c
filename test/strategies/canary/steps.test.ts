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

const scale = (value: NonNullable<RolloutStep['canaryScale']>): RolloutStep => ({
  other: 'setCanaryScale',
  canaryScale: value,
});
const held = (pods: RolloutStep, ...rest: RolloutStep[]): RolloutStep[] => [pods, { pause: {} }, ...rest];
const FOLLOWED = [{ setWeight: 25 }, scale({ followsWeight: true }), { pause: {} }, { setWeight: 50 }, { pause: {} }];

test.each([
  ['percent', scale({ weight: 25 })],
  ['enough pods', scale({ replicas: 1 })],
])('a hold before the first weight is a part of the plan: %s', (_, pods) => {
  const { check, plan } = stepCheck(held(pods, ...FOLLOWED));
  expect(check).toMatchObject({ ok: true, detail: 'held before its first weight; canary weights 25, 50, then 100' });
  expect(plan).toMatchObject({
    hold: { pauseIndex: 1 },
    steps: [
      { weight: 25, pauseIndex: 4 },
      { weight: 50, pauseIndex: 6 },
    ],
  });
});

test.each([
  ['fewer pods than the weight needs', held(scale({ weight: 20 }), ...FOLLOWED), 'fewer pods'],
  ['no pods', held(scale({ replicas: 0 }), ...FOLLOWED), 'step 0 is setCanaryScale'],
  ['a timed pause', [scale({ weight: 25 }), { pause: { seconds: 9 } }, ...FOLLOWED], 'step 0 is setCanaryScale'],
  ['pods that never follow', held(scale({ weight: 25 }), { setWeight: 25 }, { pause: {} }), 'too few pods'],
  ['the end', held(scale({ weight: 25 })), 'too few pods'],
  [
    'a later number of pods',
    held(scale({ weight: 25 }), ...FOLLOWED, scale({ weight: 9 })),
    'step 7 is setCanaryScale',
  ],
])('a hold with %s is refused, and the proposal is accepted', (_, steps, why) => {
  const { check } = stepCheck(steps);
  expect(check).toMatchObject({ ok: false, detail: expect.stringContaining(why) });
  expect(check?.next).toMatch(/^Set spec[.]strategy[.]canary[.]steps: \[/);
});

test('smoke tests need a hold, and the refusal has its steps', () => {
  const smoke = { port: 'http', timeoutMs: 1, attempts: 1, http: [{ method: 'GET', path: '/', status: 200 }] } as const;
  const checked = (steps: readonly RolloutStep[]) =>
    checksOf(releaseSpec({ smoke }), canaryFacts({ steps })).checks.find(({ name }) => name === 'smoke tests');
  expect(checked([{ setWeight: 25 }, { pause: {} }])).toEqual({
    ...{ name: 'smoke tests', ok: false },
    detail: expect.stringContaining('cannot be tested before'),
    next: 'Set spec.strategy.canary.steps: [{"setCanaryScale":{"weight":25}},{"pause":{}},{"setWeight":25},{"setCanaryScale":{"matchTrafficWeight":true}},{"pause":{}}], or leave out smoke_tests.',
  });
  expect(checked(held(scale({ weight: 25 }), ...FOLLOWED))).toMatchObject({ ok: true });
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
