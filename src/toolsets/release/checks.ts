import type { DoctorChecks, Finding } from '../../commands/doctor-check.ts';
import { toFailure } from '../../contract/failure.ts';
import { rolloutFindings } from './rollout-checks.ts';
import type { ReleaseGateway } from '../../temporal/gateway.ts';

export const checks: DoctorChecks = {
  ofCluster: [rolloutFindings],
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

function workerFinding({ taskQueue, pollers }: { readonly taskQueue: string; readonly pollers: number }): Finding {
  if (pollers > 0) return { name: 'worker', state: 'ok', detail: `${pollers} poll(s) the task queue ${taskQueue}` };
  return {
    name: 'worker',
    state: 'missing',
    detail: `nothing polls the task queue ${taskQueue}`,
    next: 'Start one: sluice worker.',
  };
}
