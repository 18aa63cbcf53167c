import type { WorkflowExecutionDescription } from '@temporalio/client';

/** Temporal's record of one run, as far as it is known without a worker. */
export interface Run
  extends Pick<
    WorkflowExecutionDescription,
    'workflowId' | 'runId' | 'memo' | 'typedSearchAttributes' | 'startTime' | 'closeTime'
  > {
  readonly status: WorkflowExecutionDescription['status']['name'];
  /** The first run of the chain. It is the same after a reset and after continue-as-new. */
  readonly firstRunId: string;
  /** The run that continues this one after a reset. */
  readonly resetRunId?: string;
  /** Set while an operator has paused the whole run. */
  readonly paused?: { readonly by: string; readonly reason: string };
  /** The build of the worker that alone carries it, with worker versioning. */
  readonly build?: string;
  /** How often the present workflow task was tried. 0 if the run has none. */
  readonly taskAttempts: number;
  /** Types of pending activities that an operator has paused. */
  readonly pausedActivities: readonly string[];
}

/** Whether a run may still act, now or after an operator unpauses it. Its workflow id is in use. */
export function isOpen({ status }: Pick<Run, 'status'>): boolean {
  return status === 'RUNNING' || status === 'PAUSED';
}

export function toRun(described: WorkflowExecutionDescription): Run {
  const { workflowId, runId, memo, typedSearchAttributes, startTime, closeTime, status, raw } = described;
  const { pauseInfo: pause, resetRunId } = raw.workflowExtendedInfo ?? {};
  const { versioningInfo: versioning } = raw.workflowExecutionInfo ?? {};
  const tied = versioning?.versioningOverride?.pinned?.version ?? versioning?.deploymentVersion;
  const pausedActivities = (raw.pendingActivities ?? [])
    .filter(({ paused }) => paused === true)
    .map(({ activityType }) => activityType?.name ?? 'unknown');
  return {
    ...{ workflowId, runId, typedSearchAttributes, startTime },
    ...(memo && { memo }),
    ...(closeTime && { closeTime }),
    status: status.name,
    firstRunId: raw.workflowExecutionInfo?.firstRunId || runId,
    ...(resetRunId && { resetRunId }),
    ...(pause && { paused: { by: pause.identity ?? '', reason: pause.reason ?? '' } }),
    ...(tied?.buildId && { build: tied.buildId }),
    taskAttempts: raw.pendingWorkflowTask?.attempt ?? 0,
    pausedActivities,
  };
}
