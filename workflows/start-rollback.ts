import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common';
import { ParentClosePolicy, startChild, workflowInfo } from '@temporalio/workflow';
import type { Sender } from '../src/domain/release/approval.ts';
import { releaseId } from '../src/domain/release/target.ts';
import type { GuardEnding, GuardRun } from './guard-run.ts';
import { RELEASE_WORKFLOW, type ReleaseInput } from './messages.ts';
import { STATE_KEY } from './search-attributes.ts';

/** Who wants it. */
interface By {
  readonly who: string;
  readonly sender?: Sender;
}

/**
 * Starts the run of the release that makes the version before the guarded one stable again. It goes on when the guard
 * has ended. A release that has the target meanwhile decides instead.
 */
export async function startRollback(run: GuardRun, reason: string, by: By = { who: 'guard' }): Promise<GuardEnding> {
  const { who, sender: proposer } = by;
  const { spec, plan, newHash } = run.input;
  const id = releaseId(spec.target);
  const requestId = `guard-${workflowInfo().runId}`;
  const recover = { plan, newHash, stepIndex: plan.steps.length - 1, weightWanted: 100, reason };
  const input: ReleaseInput = {
    ...{ spec, startedBy: who, requestId, recover, rollback: true },
    ...(proposer && { proposer }),
  };
  let rollbackRunId: string;
  try {
    const child = await startChild(RELEASE_WORKFLOW, {
      workflowId: id,
      args: [input],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      memo: { request_id: requestId },
      typedSearchAttributes: [...ownAttributes(), { key: STATE_KEY, value: 'preflight' }],
      staticSummary: `rollback of ${spec.target.namespace}/${spec.target.rollout} to ${plan.fromImage}`,
    });
    rollbackRunId = child.firstExecutionRunId;
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
    return { state: 'superseded', reason: `${reason}; another run of ${id} has the target and decides` };
  }
  return {
    state: 'rolling-back',
    reason: `${reason}; a run of ${id} makes ${plan.fromImage} stable again`,
    rollbackRunId,
    ...(who !== 'guard' && { who }),
  };
}

/** Those of this run, but its state: a child belongs to the same target. */
export function ownAttributes() {
  return workflowInfo()
    .typedSearchAttributes.getAll()
    .filter(({ key }) => key.name !== STATE_KEY.name);
}
