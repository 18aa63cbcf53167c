import { ActivityCancellationType, proxyActivities } from '@temporalio/workflow';
import type { ActivityOptions } from '@temporalio/workflow';
import type { Activities } from '../activities/index.ts';

/** Time after which a dead worker is detected. Activities send a heartbeat every second (activities/alive.ts). */
const HEARTBEAT = '6 seconds';

/** Retries have no limit of their own. The release's own deadlines, which a pause stops, end a step. */
const retry = { initialInterval: '500 milliseconds', backoffCoefficient: 1.6, maximumInterval: '10 seconds' } as const;

/** Activities that write. A cancelled one must have stopped before its opposite begins. */
const writes: ActivityOptions = {
  startToCloseTimeout: '30 days',
  heartbeatTimeout: HEARTBEAT,
  retry,
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
};

/** Activities that only read. The workflow does not wait for a cancelled one. */
const reads: ActivityOptions = { ...writes, cancellationType: ActivityCancellationType.TRY_CANCEL };

/**
 * An unreachable journal must not affect the release, so nothing waits for it long. A cancelled release does not wait
 * at all.
 */
const journalOptions = (most: '20 seconds' | '5 seconds'): ActivityOptions => ({
  scheduleToCloseTimeout: most,
  heartbeatTimeout: HEARTBEAT,
  retry,
  cancellationType: ActivityCancellationType.TRY_CANCEL,
});

export const { record } = proxyActivities<Pick<Activities, 'record'>>(journalOptions('20 seconds'));
export const { record: recordLast } = proxyActivities<Pick<Activities, 'record'>>(journalOptions('5 seconds'));
export const write =
  proxyActivities<
    Pick<
      Activities,
      'preflight' | 'unclaim' | 'start' | 'shift' | 'promote' | 'settle' | 'withdraw' | 'restoreTemplate' | 'bringBack'
    >
  >(writes);
export const read =
  proxyActivities<
    Pick<Activities, 'verify' | 'judge' | 'awaitVerdict' | 'guard' | 'guardStable' | 'awaitSettled' | 'windowChange'>
  >(reads);
/** It reads the settings of the worker only. Why it is no local activity: docs/adr/0040. */
export const look = proxyActivities<Pick<Activities, 'windowState'>>({ startToCloseTimeout: '10 seconds', retry });
/**
 * The end of a release does not wait for a mark that cannot be removed, because the mark of an ended run is taken over.
 */
export const bounded = proxyActivities<Pick<Activities, 'unclaim'>>({
  ...writes,
  scheduleToCloseTimeout: '30 seconds',
});
/** A schedule whose release cannot be started within this time says so, and waits for its next time. */
export const starting = proxyActivities<Pick<Activities, 'startRelease'>>({
  ...writes,
  scheduleToCloseTimeout: '10 minutes',
});
/** The queue waits for them as long as they take: whoever reads it sees what it waits for. */
export const queueing = proxyActivities<Pick<Activities, 'awaitTarget' | 'withdrawFor' | 'startQueued'>>({
  ...writes,
  cancellationType: ActivityCancellationType.TRY_CANCEL,
});
