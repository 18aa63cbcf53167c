import type { Client } from '@temporalio/client';

/** Events of the end of a run's history that are read. Later attempts of a failed workflow task add no event. */
const READ = 20;

/**
 * Why workers fail at the run's present workflow task: the message of the last failure. Undefined if the last task was
 * completed, or ran out of time, as it does when a worker is killed.
 */
export async function taskFailure(
  { workflowService, options }: Client,
  workflowId: string,
  runId: string,
): Promise<string | undefined> {
  const { history } = await workflowService.getWorkflowExecutionHistoryReverse({
    namespace: options.namespace,
    execution: { workflowId, runId },
    maximumPageSize: READ,
  });
  for (const event of history?.events ?? []) {
    if (event.workflowTaskCompletedEventAttributes || event.workflowTaskTimedOutEventAttributes) return undefined;
    const message = event.workflowTaskFailedEventAttributes?.failure?.message;
    if (message) return message;
  }
  return undefined;
}
