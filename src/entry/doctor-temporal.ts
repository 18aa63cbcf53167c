import type { Report } from '../cli/deps.ts';
import type { Settings } from '../config/schema.ts';
import { loadTemporalSettings } from '../config/temporal.ts';
import { toFailure } from '../contract/failure.ts';
import { createTemporalGateway } from '../temporal/temporal-gateway.ts';

/** Whether Temporal answers and a worker polls the task queue. */
export async function temporalChecks(settings: Settings): Promise<readonly Report[]> {
  const gateway = createTemporalGateway({ temporal: loadTemporalSettings, taskQueue: settings.taskQueue });
  try {
    const { address, namespace, pollers } = await gateway.probe();
    return [
      { name: 'Temporal', state: 'ok', detail: `${address}, namespace ${namespace}` },
      worker(settings.taskQueue, pollers),
    ];
  } catch (error) {
    const { message, next } = toFailure(error);
    return [
      { name: 'Temporal', state: 'missing', detail: message, next },
      { name: 'worker', state: 'skipped', detail: 'known only when Temporal answers' },
    ];
  } finally {
    await gateway.close();
  }
}

function worker(taskQueue: string, pollers: number): Report {
  if (pollers > 0) return { name: 'worker', state: 'ok', detail: `${pollers} poll(s) the task queue ${taskQueue}` };
  return {
    name: 'worker',
    state: 'missing',
    detail: `nothing polls the task queue ${taskQueue}`,
    next: 'Start one: sluice worker.',
  };
}
