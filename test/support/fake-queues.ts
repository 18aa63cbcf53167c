import { SluiceError } from '../../src/domain/errors.ts';
import {
  EMPTY_QUEUE,
  isFull,
  isKnown,
  leave,
  move,
  place,
  positionOf,
  requestOf,
  resumed,
  type LastRun,
  type QueueState,
  type QueueView,
} from '../../src/domain/release/queue.ts';
import { parseReleaseId, queueId, releaseId, type Target } from '../../src/domain/release/target.ts';
import type { Queues } from '../../src/temporal/queues.ts';

export interface FakeQueues extends Queues {
  /** By release id. A test may put any state here. */
  readonly states: Map<string, QueueState>;
}

/** Queues that never start anything. */
export function createFakeQueues(lastRun: (releaseId: string) => LastRun | undefined): FakeQueues {
  const states = new Map<string, QueueState>();
  const view = (id: string): QueueView | undefined => {
    const state = states.get(id);
    return state && { id: queueId(parseReleaseId(id) as Target), releaseId: id, ...state };
  };
  const isOpen = (id: string) => (states.get(id)?.waiting.length ?? 0) > 0;
  return {
    states,
    isOpen: async (id) => isOpen(id),
    async add(entry) {
      const id = releaseId(entry.input.spec.target);
      const state = states.get(id) ?? EMPTY_QUEUE;
      if (isKnown(state, requestOf(entry))) return view(id);
      if (isFull(state)) throw new SluiceError('QUEUE_FULL', 'The queue is full.');
      states.set(id, place(state, entry));
      return view(id);
    },
    get: async (id) => view(id),
    async change(id, change, { who, requestId = '', position = 1 }) {
      const state = states.get(id);
      if (!state || !isOpen(id)) return undefined;
      if ((change === 'move' || change === 'remove') && positionOf(state, requestId) === undefined)
        throw new SluiceError('QUEUE_ENTRY_NOT_FOUND', `No release with the request id ${requestId} waits.`);
      const how = { outcome: 'removed', reason: `taken out by ${who}`, at: 0 } as const;
      const next = {
        move: () => move(state, requestId, position),
        remove: () => leave(state, [requestId], how),
        clear: () => leave(state, state.waiting.map(requestOf), how),
        resume: () => resumed(state),
      };
      states.set(id, next[change]());
      return view(id);
    },
    list: async () => [...states.keys()].filter(isOpen).map((id) => ({ releaseId: id, held: !!states.get(id)?.hold })),
    lastRun: async (id) => lastRun(id),
  };
}
