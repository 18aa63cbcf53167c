import { setCurrentDetails, upsertMemo, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { EMPTY_QUEUE, shownQueue, type QueueState, type QueueView } from '../src/domain/release/queue.ts';
import { describeQueue } from '../src/domain/release/queue-text.ts';
import { nearLimit } from '../src/domain/release/run-limits.ts';
import { queueId, releaseId, type Target } from '../src/domain/release/target.ts';
import { QUEUE_MEMO, type QueueInput } from './messages.ts';
import { STATE_KEY } from './search-attributes.ts';

/** Everything that a queue knows. Handlers and the loop in queue.ts change it by `set`. */
export class QueueRun {
  readonly target: Target;
  /** Updates and signals that this run has handled. */
  handled = 0;
  private now: QueueState;

  constructor({ target, state = EMPTY_QUEUE }: QueueInput) {
    this.target = target;
    this.now = state;
  }

  get state(): QueueState {
    return this.now;
  }

  set(state: QueueState): void {
    const before = this.now;
    this.now = state;
    if (stateOf(before) !== stateOf(state)) upsertSearchAttributes([{ key: STATE_KEY, value: stateOf(state) }]);
    upsertMemo({ [QUEUE_MEMO]: shownQueue(state) });
    setCurrentDetails(describeQueue(this.view()));
  }

  get isEmpty(): boolean {
    return this.now.waiting.length === 0;
  }

  /** Whether the run nears a limit of Temporal. */
  get mustLeave(): boolean {
    const { historyLength: events, historySize: bytes, continueAsNewSuggested: suggested } = workflowInfo();
    return nearLimit({ events, bytes, commands: this.handled, suggested }) !== undefined;
  }

  view(): QueueView {
    return { id: queueId(this.target), releaseId: releaseId(this.target), ...shownQueue(this.now) };
  }
}

const stateOf = ({ hold }: QueueState): string => (hold ? 'held' : 'waiting');
