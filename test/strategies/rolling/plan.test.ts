import { expect, test } from '@jest/globals';
import { preflightChecks } from '../../../src/domain/release/preflight.ts';
import type { Facts, RolloutFacts } from '../../../src/domain/release/preflight-facts.ts';
import type { ReleaseSpec } from '../../../src/domain/release/plan.ts';
import { rules } from '../../../src/strategies/rolling/plan.ts';
import { ERRORS, releaseSpec } from '../../support/builders.ts';
import { basicCanaryFacts, canaryFacts, REPORT } from '../../support/builders-preflight.ts';

const STEPS = [{ setWeight: 25 }, { pause: {} }, { setWeight: 50 }, { pause: {} }];
const SPEC: ReleaseSpec = {
  ...releaseSpec({ strategy: 'rolling', split: 'argo-status' }),
  analysis: {
    soakMs: 50,
    minRequests: 20,
    holdMs: 60_000,
    metrics: [ERRORS],
    sequential: { alpha: 0.05, errorsMargin: 0.01, slowMargin: 0.05 },
  },
};

function planned(facts: Facts, spec = SPEC) {
  const { checks, plan } = preflightChecks(spec, facts, rules);
  return {
    plan,
    failed: checks.filter(({ ok }) => !ok),
    warnings: checks.filter(({ ok, next }) => ok && next !== undefined).map(({ name }) => name),
    of: (name: string) => checks.find((one) => one.name === name),
  };
}
const of = (changes: Partial<RolloutFacts>) => planned(basicCanaryFacts({ steps: STEPS, ...changes }));

test("a Rollout without a router is planned with its own steps, and its weights are Argo's word", () => {
  const { plan, failed, warnings, of: check } = of({});

  expect(failed).toEqual([]);
  expect(plan).toMatchObject({
    controllerOnly: true,
    split: 'argo-status',
    stable: { service: 'the stable pods' },
    candidate: { service: 'the new pods' },
    steps: [
      { weight: 25, pauseIndex: 1 },
      { weight: 50, pauseIndex: 3 },
    ],
  });
  expect(check('strategy')?.detail).toBe('rolling: Argo divides the traffic by the number of pods');
  expect(check('steps')?.detail).toBe('canary weights 25, 50, then 100');
  expect(check('traffic')?.detail).toContain(`${REPORT}. Weights are Argo's word here`);
  expect(warnings).toEqual(['traffic']);
});

test('a plan without a metric is refused with the line to add', () => {
  const { metrics: _, ...analysis } = SPEC.analysis;
  const { plan, failed } = planned(basicCanaryFacts({ steps: STEPS }), { ...SPEC, analysis });

  expect(plan).toBeUndefined();
  expect(failed).toEqual([
    expect.objectContaining({ name: 'metrics', next: expect.stringContaining('analysis.metrics: [{ name:') }),
  ]);
});

test.each<[string, Partial<RolloutFacts>, string, string]>([
  ['traefik', { trafficRouting: ['traefik'] }, 'routes traffic by traefik', 'Leave out strategy'],
  ['another router', { trafficRouting: ['nginx'] }, 'routes traffic by nginx', 'Remove spec.strategy.canary.traffic'],
])('a Rollout with %s is refused', (_what, changes, detail, next) => {
  expect(of(changes).failed).toEqual([
    expect.objectContaining({
      name: 'strategy',
      detail: expect.stringContaining(detail),
      next: expect.stringContaining(next),
    }),
  ]);
});

test('another split is refused', () => {
  const { rollout } = canaryFacts({ trafficRouting: [], steps: STEPS });
  const { failed } = planned({ rollout }, { ...SPEC, split: 'traefik' });

  // No line about a TraefikService, which this strategy does not have.
  expect(failed).toMatchObject([{ name: 'strategy', next: 'Leave out split.' }]);
});

test.each<[string, Partial<RolloutFacts>, string, RegExp]>([
  ['a timed pause', { steps: [{ setWeight: 25 }, { pause: { seconds: 60 } }] }, 'steps', /"pause":\{\}.*docs\/watch/],
  ['a background analysis', { backgroundAnalysis: ['errors'] }, 'analysis', /Remove spec\.strategy\.canary\.analysis/],
  ['no step', { steps: [] }, 'steps', /\[\{"setWeight":25\},\{"pause":\{\}\},\{"setWeight":50\},\{"pause":\{\}\}\]/],
])('%s is refused with the line to change', (_what, changes, name, next) => {
  expect(of(changes).failed).toEqual([expect.objectContaining({ name, next: expect.stringMatching(next) })]);
});

test.each([
  [1, [50]],
  [2, [50]],
  [3, [33]],
  [10, [10, 50]],
  [200, [1, 50]],
])('to a Rollout of %d pods without steps, weights %j are proposed', (desired, weights) => {
  const { failed } = of({ steps: [], replicas: { desired, updated: desired, available: desired } });
  const next = failed[0]?.next ?? '';

  expect([...next.matchAll(/"setWeight":(\d+)/g)].map(([, weight]) => Number(weight))).toEqual(weights);
});

test('weight 100 leaves no pod to compare with, and the plan warns', () => {
  const { plan, of: check } = of({ steps: [...STEPS, { setWeight: 100 }, { pause: {} }] });

  expect(plan?.steps.at(-1)?.weight).toBe(100);
  expect(check('weight 100')?.next).toContain('Remove setWeight: 100');
});

test.each<[Partial<RolloutFacts>, string]>([
  [{ stableService: 'shop' }, 'shop selects the pods of one version only'],
  [{ stableService: 'shop', candidateService: 'preview' }, 'shop and preview select the pods of one version only'],
])('Services that the Rollout names are warned of', (changes, detail) => {
  const { plan, of: check } = of({ stableSelector: 'old', candidateSelector: 'old', ...changes });

  expect(check('services')).toMatchObject({ ok: true, detail: expect.stringContaining(detail) });
  expect(plan).toBeDefined();
});
