import { smokeTestNames } from '../delivery/smoke.ts';
import { plural } from '../plural.ts';
import { argoSteps } from './argo-weight-checks.ts';
import { beginsHeld, heldSteps } from './first-hold.ts';
import type { Check, ReleaseSpec } from './plan.ts';
import { bad, ok } from './preflight-checks.ts';
import type { RolloutFacts } from './preflight-facts.ts';

/** Name of the check. */
export const SMOKE_TESTS = 'smoke tests';

/** Where the tests of a release run. `tests` of a release file without any: no check. */
export function smokeCheck({ smoke }: ReleaseSpec, { candidateService = '' }: RolloutFacts): readonly Check[] {
  if (!smoke) return [];
  const tests = plural(smokeTestNames(smoke).length, 'test');
  return [ok(SMOKE_TESTS, `${tests} through the API server at Service ${candidateService}, before its first traffic`)];
}

/** A canary has such a moment only if its steps begin with it. */
export function heldSmokeCheck(spec: ReleaseSpec, rollout: RolloutFacts): readonly Check[] {
  if (!spec.smoke || beginsHeld(rollout.steps)) return smokeCheck(spec, rollout);
  const detail =
    'Argo gives the new version its first weight as soon as its pods are ready, so it cannot be tested before';
  const steps = JSON.stringify(heldSteps(argoSteps(rollout)));
  return [bad(SMOKE_TESTS, detail, `Set spec.strategy.canary.steps: ${steps}, or leave out smoke_tests.`)];
}
