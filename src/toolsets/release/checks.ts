import type { DoctorChecks, Finding } from '../../commands/doctor-check.ts';
import { toFailure } from '../../contract/failure.ts';
import { rolloutFindings } from './rollout-checks.ts';
import { updateFindings } from './updates-check.ts';
import { plural } from '../../domain/plural.ts';
import { POLLED_WITHIN_MS, type ReleaseGateway } from '../../temporal/gateway.ts';

export const checks: DoctorChecks = {
  ofCluster: [rolloutFindings, updateFindings],
  ofProcess: [({ gateway }) => temporalFindings(gateway)],
};

/** Whether Temporal answers and a worker polls the task queue. */
async function temporalFindings(gateway: ReleaseGateway): Promise<readonly Finding[]> {
  try {
    const { address, namespace, ...queue } = await gateway.probe();
    return [{ name: 'Temporal', state: 'ok', detail: `${address}, namespace ${namespace}` }, workerFinding(queue)];
  } catch (error) {
    const { message, next } = toFailure(error);
    return [
      { name: 'Temporal', state: 'missing', detail: message, next },
      { name: 'worker', state: 'skipped', detail: 'known only when Temporal answers' },
    ];
  }
}

/** Temporal does not learn that a worker has stopped. */
const STOPPED = 'one that has stopped since is counted too';

function workerFinding({ taskQueue, pollers }: { readonly taskQueue: string; readonly pollers: number }): Finding {
  const queue = `the task queue ${taskQueue} in the last ${POLLED_WITHIN_MS / 1000} s`;
  if (pollers > 0)
    return { name: 'worker', state: 'ok', detail: `${plural(pollers, 'worker')} polled ${queue}; ${STOPPED}` };
  return {
    name: 'worker',
    state: 'missing',
    detail: `no worker polled ${queue}`,
    next: 'Start one: sluice worker.',
  };
}
