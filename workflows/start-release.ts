import { ActivityFailure, upsertMemo, upsertSearchAttributes } from '@temporalio/workflow';
import type { ScheduledResult, ScheduledStart } from '../src/domain/release/schedule.ts';
import { starting } from './activity-options.ts';
import { STATE_KEY } from './search-attributes.ts';
import { stopCause } from './stopped.ts';

/**
 * A schedule runs this workflow. It starts the release under the workflow id of its target, which a schedule of
 * Temporal cannot do. It ends at once, and the release goes on by itself.
 */
export async function startRelease(input: ScheduledStart): Promise<ScheduledResult> {
  const result = await started(input);
  upsertSearchAttributes([{ key: STATE_KEY, value: result.outcome }]);
  upsertMemo({ reason: result.reason });
  return result;
}

async function started(input: ScheduledStart): Promise<ScheduledResult> {
  try {
    return await starting.startRelease.executeWithOptions({ summary: 'start the release' }, [input]);
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    return { outcome: 'refused', reason: stopCause(error).reason };
  }
}
