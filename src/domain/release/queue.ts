import type { Caller } from '../access/caller.ts';
import type { ReleaseSpec } from './plan.ts';
import type { ReleaseInput } from './release-input.ts';
import type { ReleaseState } from './state.ts';

/** What a start does while another release has the target. Absent in a spec: `refuse`. */
export const WHEN_BUSY = ['refuse', 'queue', 'supersede'] as const;

/** Releases that may wait for one target. */
export const MAX_WAITING = 20;
/** Entries that have left the queue and are still remembered. */
export const MAX_LEFT = 20;

/** What everybody may see of a release that waits. Times are epoch ms. */
export interface ShownEntry {
  readonly input: Pick<ReleaseInput, 'startedBy' | 'requestId'> & { readonly spec: Pick<ReleaseSpec, 'image'> };
  readonly addedAt: number;
  /** It rolls back the run that had the target when it was queued, then starts. `asked`: the abort was sent. */
  readonly supersede?: { readonly runId?: string; readonly asked?: true };
}

/** A release that waits. */
export interface QueueEntry extends ShownEntry {
  readonly input: ReleaseInput;
  /** Who has queued it. Their rights are checked again when it is started. */
  readonly caller: Caller;
}

/** What people change in a queue. */
export const QUEUE_CHANGES = ['move', 'remove', 'clear', 'resume'] as const;
export type QueueChange = (typeof QUEUE_CHANGES)[number];

export type LeftOutcome = 'started' | 'refused' | 'removed' | 'replaced';

/** A release that waits no longer. `runId`: the run of a started one. */
export interface QueueLeft {
  readonly requestId: string;
  readonly image: string;
  readonly who: string;
  readonly at: number;
  readonly outcome: LeftOutcome;
  readonly reason: string;
  readonly runId?: string;
}

/** Why the queue starts nothing until somebody resumes it: how the release before has ended. */
export interface QueueHold {
  readonly runId: string;
  readonly reason: string;
  readonly since: number;
}

/** All that a queue knows. It is the argument of the run that continues it. */
export interface QueueState {
  readonly waiting: readonly QueueEntry[];
  readonly left: readonly QueueLeft[];
  readonly hold?: QueueHold;
  /** The ended run over which somebody has resumed the queue. It holds the queue no more. */
  readonly accepted?: string;
  /** Request id of the entry that is being started. It cannot be taken out. */
  readonly starting?: string;
}

/** The memo of a queue has it, so that it can be read without a worker. */
export interface ShownQueue extends Omit<QueueState, 'waiting'> {
  readonly waiting: readonly ShownEntry[];
}

export interface QueueView extends ShownQueue {
  /** The workflow id. */
  readonly id: string;
  readonly releaseId: string;
}

/** The latest run of a release. `state` of an open run may be a second old. */
export interface LastRun {
  readonly runId: string;
  readonly open: boolean;
  readonly state: ReleaseState;
}

export const EMPTY_QUEUE: QueueState = { waiting: [], left: [] };

/** Without the specs and the callers, which are large. */
export function shownQueue(state: QueueState): ShownQueue {
  const waiting = state.waiting.map(({ input: { spec, startedBy, requestId }, addedAt, supersede }) => ({
    ...{ input: { spec: { image: spec.image }, startedBy, requestId }, addedAt },
    ...(supersede && { supersede }),
  }));
  return { ...state, waiting };
}

export const requestOf = ({ input }: ShownEntry): string => input.requestId;

/** Position in the queue, from 1. Undefined: it does not wait. */
export function positionOf({ waiting }: ShownQueue, requestId: string): number | undefined {
  const index = waiting.findIndex((entry) => requestOf(entry) === requestId);
  return index < 0 ? undefined : index + 1;
}

export function leftOf({ left }: ShownQueue, requestId: string): QueueLeft | undefined {
  return left.find((one) => one.requestId === requestId);
}

/** A request acts once: one that waits, or has left, is not placed again. */
export function isKnown(state: QueueState, requestId: string): boolean {
  return positionOf(state, requestId) !== undefined || leftOf(state, requestId) !== undefined;
}

export const isFull = ({ waiting }: QueueState): boolean => waiting.length >= MAX_WAITING;

/**
 * Places an entry at the end. One that supersedes goes to the front, and replaces those that waited there to supersede:
 * they were older, and nothing of them was started.
 */
export function place(state: QueueState, entry: QueueEntry): QueueState {
  if (!entry.supersede) return { ...state, waiting: [...state.waiting, entry] };
  const replaced = state.waiting.filter((one) => one.supersede && requestOf(one) !== state.starting);
  const reason = `${entry.input.startedBy} has asked for ${entry.input.spec.image} instead`;
  const rest = leave(state, replaced.map(requestOf), { outcome: 'replaced', reason, at: entry.addedAt });
  const begun = rest.waiting.filter((one) => requestOf(one) === state.starting);
  const others = rest.waiting.filter((one) => requestOf(one) !== state.starting);
  return { ...rest, waiting: [...begun, entry, ...others] };
}

/** The entries leave the queue. */
export function leave(
  state: QueueState,
  requestIds: readonly string[],
  how: Pick<QueueLeft, 'outcome' | 'reason' | 'at' | 'runId'>,
): QueueState {
  const gone = state.waiting.filter((entry) => requestIds.includes(requestOf(entry)));
  const left = gone.map((entry) => ({
    ...{ requestId: requestOf(entry), image: entry.input.spec.image, who: entry.input.startedBy },
    ...how,
  }));
  return {
    ...state,
    waiting: state.waiting.filter((entry) => !gone.includes(entry)),
    left: [...state.left, ...left].slice(-MAX_LEFT),
  };
}

/** Moves an entry to a position, from 1. Positions beyond the end mean the end. */
export function move(state: QueueState, requestId: string, position: number): QueueState {
  const entry = state.waiting.find((one) => requestOf(one) === requestId);
  if (!entry) return state;
  const others = state.waiting.filter((one) => one !== entry);
  // Nothing goes before the one that is being started.
  const least = state.starting === undefined ? 0 : 1;
  const index = Math.max(least, position - 1);
  return { ...state, waiting: [...others.slice(0, index), entry, ...others.slice(index)] };
}

export function withEntry(state: QueueState, entry: QueueEntry): QueueState {
  return { ...state, waiting: state.waiting.map((one) => (requestOf(one) === requestOf(entry) ? entry : one)) };
}

/** Goes on over the end that has held the queue. */
export function resumed({ hold, ...state }: QueueState): QueueState {
  return hold ? { ...state, accepted: hold.runId } : state;
}

/** An entry that was placed by a person who could read why the queue holds. It starts nevertheless. */
export function passesHold({ hold, waiting }: ShownQueue): boolean {
  const [head] = waiting;
  return hold === undefined || (head?.supersede !== undefined && head.addedAt > hold.since);
}

/** Ends of a release after which the newer version that superseded it starts: no user is left on the older one. */
const CLEARED: readonly ReleaseState[] = ['succeeded', 'rolled-back', 'refused'];

/**
 * Why the queue holds after this run; undefined: the first entry may start. Only a success lets the queue go on by
 * itself: after any other end the next version may contain the same fault, or find the target in a state that nobody
 * has looked at.
 */
export function holdAfter(state: QueueState, last: LastRun | undefined): string | undefined {
  if (!last || last.state === 'succeeded' || state.accepted === last.runId) return undefined;
  const [head] = state.waiting;
  if (head?.supersede && CLEARED.includes(last.state)) return undefined;
  return `the release before (run ${last.runId}) has ended as ${last.state}`;
}

/**
 * The queue has started the entry. Those that wait to supersede now wait for this run. An entry that has passed a hold
 * does not end it: the others still wait for a person. `keepsHold` is false in runs that began before this rule.
 */
export function started(
  state: QueueState,
  { requestId, runId, at, keepsHold }: { requestId: string; runId: string; at: number; keepsHold: boolean },
): QueueState {
  const {
    hold,
    accepted: _,
    ...rest
  } = leave(state, [requestId], {
    ...{ outcome: 'started', reason: `started as run ${runId}`, at, runId },
  });
  return {
    ...rest,
    ...(keepsHold && hold && { hold }),
    waiting: rest.waiting.map((entry) => (entry.supersede ? { ...entry, supersede: { runId } } : entry)),
  };
}
