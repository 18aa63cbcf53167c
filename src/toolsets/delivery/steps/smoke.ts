import type { DeliveryFinding, StepDone } from '../../../domain/delivery/delivery.ts';
import type { SmokeResult } from '../../../domain/delivery/smoke.ts';
import type { Deployment } from '../../../domain/onboarding/deployment.ts';
import { smokeTested as tested } from '../../../ports/smoke-tests.ts';
import { plural } from '../../../domain/plural.ts';
import type { StepCall } from './step.ts';

/** Runs the smoke tests of a deployment at one of its Services. Without tests there is nothing to tell. */
export async function smokeTested(
  { context, input }: StepCall,
  { smoke, namespace }: Deployment,
  service: string,
): Promise<Pick<StepDone, 'figures' | 'refused'> & { readonly findings: readonly DeliveryFinding[] }> {
  if (!smoke) return { findings: [] };
  const { ports, signal } = context;
  const at = { cluster: input.cluster, namespace, service };
  const results = await tested({ calls: ports.serviceCalls, at, signal }, smoke);
  const failed = results.filter(({ fault }) => fault !== undefined);
  return {
    findings: results.map(findingOf),
    figures: { smoke_tests: results.length, smoke_tests_failed: failed.length },
    ...(failed.length === 0 ? {} : { refused: refusal(failed) }),
  };
}

function findingOf({ name, fault, attempts }: SmokeResult): DeliveryFinding {
  const after = attempts === 1 ? '' : ` (${plural(attempts, 'attempt')})`;
  return {
    check: 'smoke',
    outcome: fault === undefined ? 'passed' : 'failed',
    text: fault === undefined ? `${name}${after}` : `${name}: ${fault}${after}`,
  };
}

function refusal(failed: readonly SmokeResult[]) {
  return {
    code: 'SMOKE_TEST_FAILED',
    reason: failed.map(({ name, fault }) => `${name}: ${fault}`).join('. '),
    next: 'Read the logs of the pods, then retry the delivery. If the version is wrong, cancel it and deliver a corrected one.',
  };
}
