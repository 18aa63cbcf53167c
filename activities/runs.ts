import { Context } from '@temporalio/activity';
import { WorkflowNotFoundError } from '@temporalio/common';
import { SluiceError } from '../src/domain/errors.ts';
import type { ReleaseView } from '../src/domain/release/view.ts';
import { guardId, type Owner, type Target } from '../src/domain/release/target.ts';

/** The queries of an activity to Temporal about runs. Errors: TEMPORAL_UNREACHABLE. */
export interface Runs {
  /**
   * Whether the run that wrote this mark is known to have ended, and with it its release, unless that is the release of
   * the current activity. False where this Temporal does not know the run.
   */
  hasEnded(holder: Owner): Promise<boolean>;
  /** Whether this attempt of the current activity is still the one that the workflow waits for. */
  isWanted(): Promise<boolean>;
  /** The last view of a run of this Temporal, open or not. Undefined if it has none or no worker answers for it. */
  viewOf(releaseId: string, runId: string): Promise<ReleaseView | undefined>;
  /** Notifies the guard of the target that `by` owns the target now. Without an open guard nothing happens. */
  endGuard(target: Target, by: Owner): Promise<void>;
}

/** Statuses of a run that has ended. A paused run is open. */
const ENDED = ['COMPLETED', 'FAILED', 'CANCELLED', 'TERMINATED', 'CONTINUED_AS_NEW', 'TIMED_OUT'];
/**
 * temporal.api.enums.v1.PendingActivityState: STARTED and PAUSE_REQUESTED. In these states the activity is not
 * requested to stop.
 */
const RUNNING_STATES = [2, 5];
const WORKFLOW_TYPE = 'release';
/** The query of a release (workflows/messages.ts). */
const QUERY = 'get';
const QUERY_MS = 5_000;

/** Queries the Temporal server of the worker that runs the current activity. */
export const temporalRuns: Runs = {
  async hasEnded({ releaseId, runId, temporal }) {
    const { info } = Context.current();
    if (temporal !== undefined && temporal !== info.workflowNamespace) return false;
    const run = await describe(releaseId, runId);
    const ended = run !== undefined && run.type === WORKFLOW_TYPE && ENDED.includes(run.status.name);
    return ended && (info.workflowExecution?.workflowId === releaseId || !(await goesOn(releaseId, firstOf(run))));
  },
  async isWanted() {
    const { workflowExecution, activityId, attempt } = Context.current().info;
    const run = workflowExecution && (await describe(workflowExecution.workflowId, workflowExecution.runId));
    const pending = run?.raw.pendingActivities ?? [];
    return pending.some(
      (one) => one.activityId === activityId && one.attempt === attempt && RUNNING_STATES.includes(one.state ?? 0),
    );
  },
  async viewOf(releaseId, runId) {
    const { connection, workflow } = Context.current().client;
    const query = () => workflow.getHandle(releaseId, runId).query<ReleaseView>(QUERY);
    return connection.withDeadline(Date.now() + QUERY_MS, query).catch(() => undefined);
  },
  async endGuard(target, { releaseId, runId }) {
    const guard = Context.current().client.workflow.getHandle(guardId(target));
    await unlessMissing(() => guard.signal('supersede', { by: `${releaseId}, run ${runId}` }));
  },
};

/** Whether a later run of this chain is open: a reset and continue-as-new end a run, but not its release. */
async function goesOn(workflowId: string, firstRunId: string): Promise<boolean> {
  const latest = await describe(workflowId);
  return latest !== undefined && firstOf(latest) === firstRunId && !ENDED.includes(latest.status.name);
}

type Described = NonNullable<Awaited<ReturnType<typeof describe>>>;

/** The first run of a chain. It is the same after a reset and after continue-as-new. */
function firstOf({ raw, runId }: Described): string {
  return raw.workflowExecutionInfo?.firstRunId || runId;
}

/** Undefined if this Temporal does not know the run. */
async function describe(workflowId: string, runId?: string) {
  return unlessMissing(() => Context.current().client.workflow.getHandle(workflowId, runId).describe());
}

/** Undefined if this Temporal has no such run, or if it has ended. */
async function unlessMissing<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    if (error instanceof Error && error.name === 'ServiceError')
      throw new SluiceError('TEMPORAL_UNREACHABLE', `Temporal does not answer: ${error.message}`, { cause: error });
    throw error;
  }
}
