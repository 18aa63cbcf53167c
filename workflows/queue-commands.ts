import { ApplicationFailure, setHandler } from '@temporalio/workflow';
import type { ErrorCode } from '../src/domain/errors.ts';
import {
  isFull,
  isKnown,
  leave,
  MAX_WAITING,
  move,
  place,
  positionOf,
  requestOf,
  resumed,
  type QueueChange,
  type QueueEntry,
  type QueueState,
  type QueueView,
} from '../src/domain/release/queue.ts';
import { releaseId } from '../src/domain/release/target.ts';
import { queueSignal, queueUpdates, type QueueMessage } from './messages.ts';
import type { QueueRun } from './queue-run.ts';
import { keepTrace } from './tracing.ts';

/** Registers every handler. Must run before the workflow's first await. */
export function registerQueue(run: QueueRun): void {
  setHandler(queueUpdates.add, (entry) => changed(run, (state) => added(state, entry)), {
    validator: (entry: QueueEntry) => {
      if (!isEntry(run, entry)) throw failure('INVALID_INPUT', 'an entry needs an input with a spec of this target');
      if (isFull(run.state) && !isKnown(run.state, requestOf(entry)))
        throw failure('QUEUE_FULL', `${MAX_WAITING} releases wait for ${releaseId(run.target)} already.`);
    },
    description: 'Add a release.',
  });
  setHandler(queueSignal, (entry) => {
    if (isEntry(run, entry)) changed(run, (state) => addedOrRefused(state, entry));
  });
  for (const name of Object.keys(CHANGES) as QueueChange[])
    setHandler(queueUpdates[name], (message) => changed(run, (state) => CHANGES[name](state, message)), {
      validator: (message: QueueMessage) => validate(run, name, message),
      description: DESCRIPTIONS[name],
    });
}

function changed(run: QueueRun, change: (state: QueueState) => QueueState): QueueView {
  run.handled += 1;
  run.set(change(run.state));
  return run.view();
}

/** Anybody who may start workflows may send an entry. */
function isEntry(run: QueueRun, entry: QueueEntry | undefined): boolean {
  const target = entry?.input?.spec?.target;
  return target !== undefined && Boolean(entry?.input.requestId) && releaseId(target) === releaseId(run.target);
}

function added(state: QueueState, entry: QueueEntry): QueueState {
  if (isKnown(state, requestOf(entry))) return state;
  keepTrace(requestOf(entry));
  return place(state, entry);
}

/** A signal cannot be refused, so an entry that finds no place leaves at once. */
function addedOrRefused(state: QueueState, entry: QueueEntry): QueueState {
  if (!isFull(state) || isKnown(state, requestOf(entry))) return added(state, entry);
  const refused = { outcome: 'refused', reason: `${MAX_WAITING} releases waited already`, at: entry.addedAt } as const;
  return leave({ ...state, waiting: [...state.waiting, entry] }, [requestOf(entry)], refused);
}

const CHANGES: Readonly<Record<QueueChange, (state: QueueState, message: QueueMessage) => QueueState>> = {
  move: (state, { requestId = '', position = 1 }) => move(state, requestId, position),
  remove: (state, { requestId = '', who }) => leave(state, [requestId], removed(who)),
  clear: (state, { who }) => {
    const requests = state.waiting.map(requestOf).filter((one) => one !== state.starting);
    return leave(state, requests, removed(who));
  },
  resume: (state) => resumed(state),
};

const removed = (who: string) => ({ outcome: 'removed', reason: `taken out by ${who}`, at: Date.now() }) as const;

function validate({ state, target }: QueueRun, name: QueueChange, { requestId = '' }: QueueMessage): void {
  if (name !== 'move' && name !== 'remove') return;
  if (positionOf(state, requestId) === undefined)
    throw failure(
      'QUEUE_ENTRY_NOT_FOUND',
      `No release with the request id ${requestId} waits for ${releaseId(target)}.`,
    );
  if (state.starting === requestId)
    throw failure('QUEUE_ENTRY_STARTING', `The queue starts the release with the request id ${requestId} right now.`);
}

function failure(code: ErrorCode, message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, code);
}

const DESCRIPTIONS: Readonly<Record<QueueChange, string>> = {
  move: 'Move a release to a position.',
  remove: 'Take a release out.',
  clear: 'Take all releases out.',
  resume: 'Go on although the release before did not succeed.',
};
