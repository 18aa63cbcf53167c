import { ApplicationFailure, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { checkedInput, InputProblem, type ReleaseInput } from '../src/domain/release/release-input.ts';
import { releaseId } from '../src/domain/release/target.ts';
import { has } from './patches.ts';
import { STATE_KEY } from './search-attributes.ts';

/**
 * The input that a run continues with. Every client with access to Temporal may start this workflow, with any input and
 * under any id. Fails the run with INVALID_INPUT before anything is written. Releases that older versions started are
 * accepted unchanged.
 */
export function acceptedInput(input: ReleaseInput): ReleaseInput {
  if (!has('careful')) return input;
  const { workflowId, firstExecutionRunId, continuedFromExecutionRunId } = workflowInfo();
  try {
    const accepted = checkedInput(input, firstExecutionRunId);
    const id = releaseId(accepted.spec.target);
    if (workflowId !== id)
      throw new InputProblem(
        'workflow id',
        `must be ${id}, so that a target has one release at most. A schedule starts the workflow startRelease instead (release_schedule)`,
      );
    if (accepted.continues && continuedFromExecutionRunId === undefined)
      throw new InputProblem('continues', 'must be absent. Only a run that continues as new sets it');
    return accepted;
  } catch (error) {
    if (!(error instanceof InputProblem)) throw error;
    // Lists have no other sign that nothing was changed.
    upsertSearchAttributes([{ key: STATE_KEY, value: 'refused' }]);
    throw ApplicationFailure.nonRetryable(error.message, 'INVALID_INPUT');
  }
}
