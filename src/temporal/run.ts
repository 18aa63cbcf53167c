import type { WorkflowExecutionDescription } from '@temporalio/client';

/** Temporal's record of one run, as far as it can be known without a worker. */
export interface Run
  extends Pick<
    WorkflowExecutionDescription,
    'workflowId' | 'runId' | 'memo' | 'typedSearchAttributes' | 'startTime' | 'closeTime'
  > {
  readonly status: WorkflowExecutionDescription['status']['name'];
  /** The first run of the chain: the same after a reset and after continue-as-new. */
  readonly firstRunId: string;
  /** Set while an operator has paused the whole run. */
  readonly paused?: { readonly by: string; readonly reason: string };
  /** Types of pending activities that an operator has paused. */
  readonly pausedActivities: readonly string[];
}

/** A run that may still act, now or when an operator lets it: its workflow id is taken. */
export function isOpen({ status }: Pick<Run, 'status'>): boolean {
  return status === 'RUNNING' || status === 'PAUSED';
}

export function toRun(described: WorkflowExecutionDescription): Run {
  const { workflowId, runId, memo, typedSearchAttributes, startTime, closeTime, status, raw } = described;
  const pause = raw.workflowExtendedInfo?.pauseInfo;
  const pausedActivities = (raw.pendingActivities ?? [])
    .filter(({ paused }) => paused === true)
    .map(({ activityType }) => activityType?.name ?? 'unknown');
  return {
    ...{ workflowId, runId, typedSearchAttributes, startTime },
    ...(memo && { memo }),
    ...(closeTime && { closeTime }),
    status: status.name,
    firstRunId: raw.workflowExecutionInfo?.firstRunId || runId,
    ...(pause && { paused: { by: pause.identity ?? '', reason: pause.reason ?? '' } }),
    pausedActivities,
  };
}
