import type { WorkflowClientInterceptor } from '@temporalio/client';
import { inSpan, presentTrace, type Attributes } from '../observability/tracing/spans.ts';
import { withTrace } from './trace-payload.ts';

/**
 * Traces the messages to workflows that a call causes, under the names that Temporal's own interceptors use. Queries
 * are left out, and so are messages outside of calls: a server asks for the state of releases all the time.
 */
export function tracedClient(): WorkflowClientInterceptor {
  return {
    startWithDetails: (input, next) =>
      sent(`StartWorkflow:${input.workflowType}`, input.options.workflowId, {}, () =>
        next({ ...input, headers: withTrace(input.headers) }),
      ),
    signal: (input, next) =>
      sent(`SignalWorkflow:${input.signalName}`, input.workflowExecution.workflowId, {}, () =>
        next({ ...input, headers: withTrace(input.headers) }),
      ),
    signalWithStart: (input, next) =>
      sent(`SignalWithStartWorkflow:${input.workflowType}`, input.options.workflowId, {}, () =>
        next({ ...input, headers: withTrace(input.headers) }),
      ),
    startUpdate: (input, next) =>
      sent(`StartWorkflowUpdate:${input.updateName}`, input.workflowExecution.workflowId, updateOf(input.options), () =>
        next({ ...input, headers: withTrace(input.headers) }),
      ),
    startUpdateWithStart: (input, next) => {
      const { workflowStartOptions, updateOptions, workflowStartHeaders, updateHeaders } = input;
      const name = `UpdateWithStartWorkflow:${input.updateName}`;
      return sent(name, workflowStartOptions.workflowId, updateOf(updateOptions), () =>
        next({
          ...input,
          workflowStartHeaders: withTrace(workflowStartHeaders),
          updateHeaders: withTrace(updateHeaders),
        }),
      );
    },
    cancel: (input, next) => sent('CancelWorkflow', input.workflowExecution.workflowId, {}, () => next(input)),
  };
}

function sent<T>(name: string, workflowId: string, more: Attributes, send: () => Promise<T>): Promise<T> {
  if (!presentTrace()) return send();
  return inSpan(name, { kind: 'producer', attributes: { temporalWorkflowId: workflowId, ...more } }, send);
}

const updateOf = ({ updateId }: { readonly updateId?: string }): Attributes =>
  updateId === undefined ? {} : { temporalUpdateId: updateId };
