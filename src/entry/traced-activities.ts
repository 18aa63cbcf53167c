import { CancelledFailure } from '@temporalio/common';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { BEGUN_HEADER, CAUSE_HEADER } from '../domain/trace-headers.ts';
import { errorType, inSpan } from '../observability/tracing/spans.ts';
import { traceIn } from './trace-payload.ts';

/**
 * Traces each attempt of an activity, in the trace of the call that caused it. The call that began the release is a
 * link. A cancelled attempt is no failure.
 */
export const tracedActivities: ActivityInterceptorsFactory = ({ info }) => ({
  inbound: {
    execute(input, next) {
      const { activityId, activityType, attempt, workflowExecution, workflowType } = info;
      const attributes = {
        ...{ temporalActivityId: activityId, temporalActivityAttempt: attempt },
        ...(workflowType !== undefined && { temporalWorkflowType: workflowType }),
        ...(workflowExecution && { temporalWorkflowId: workflowExecution.workflowId, run_id: workflowExecution.runId }),
      };
      const from = traceIn(input.headers, CAUSE_HEADER);
      const link = traceIn(input.headers, BEGUN_HEADER);
      return inSpan(
        `RunActivity:${activityType}`,
        { kind: 'consumer', attributes, from, link },
        () => next(input),
        (error) => (error instanceof CancelledFailure ? undefined : failureOf(error)),
      );
    },
  },
});

/** The type of a failure for Temporal is the code of the error catalogue. */
function failureOf(error: unknown): string {
  const { type } = Object(error) as { readonly type?: unknown };
  return typeof type === 'string' ? type : errorType(error);
}
