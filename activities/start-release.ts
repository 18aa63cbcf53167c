import { Context } from '@temporalio/activity';
import { SluiceError } from '../src/domain/errors.ts';
import { proposedBy } from '../src/domain/release/approval.ts';
import type { ScheduledResult, ScheduledStart } from '../src/domain/release/schedule.ts';
import type { ReleaseStarter } from '../src/ports/release-starter.ts';

export const startActivities = (starter?: ReleaseStarter) => ({
  /**
   * Starts the release of a schedule under the workflow id of its target. When a run is open there already, the answer
   * is `busy` and nothing is started, unless the release may wait. It is idempotent. Errors: those of ReleaseStarter
   * but TARGET_BUSY.
   */
  async startRelease({ spec, startedBy, caller }: ScheduledStart): Promise<ScheduledResult> {
    if (!starter) throw new SluiceError('INTERNAL', 'This worker cannot start releases.');
    const requestId = `schedule-${Context.current().info.workflowExecution?.runId}`;
    try {
      const responsible = caller ?? { id: startedBy, kind: 'worker' };
      const begun = await starter.start({ spec, startedBy, requestId, ...proposedBy(responsible) }, responsible);
      if ('queued' in begun) return { outcome: 'queued', reason: `${begun.id}, request ${requestId}` };
      return { outcome: 'started', reason: `${begun.id}, run ${begun.runId}` };
    } catch (error) {
      if (error instanceof SluiceError && error.code === 'TARGET_BUSY')
        return { outcome: 'busy', reason: `${error.message} Nothing was started.` };
      throw error;
    }
  },
});
