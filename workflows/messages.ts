import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { Sender } from '../src/domain/release/approval.ts';
import type { CommandHeader, CommandName, CommandOutcome } from '../src/domain/release/command.ts';
import type { DeliveryCommandName, DeliveryView } from '../src/domain/delivery/delivery.ts';
import type { QueueChange, QueueEntry, QueueState, QueueView } from '../src/domain/release/queue.ts';
import type { Target } from '../src/domain/release/target.ts';
import type { GuardView } from '../src/domain/release/guard.ts';
import type { ReleaseView } from '../src/domain/release/view.ts';

/** Workflow type of every release. */
export const RELEASE_WORKFLOW = 'release';

/** Workflow type of the guard that watches a target after a release. */
export const GUARD_WORKFLOW = 'guard';

export const getGuard = defineQuery<GuardView>('get');

/** `by`: who has the target now. */
export const supersedeGuard = defineSignal<[{ readonly by: string }]>('supersede');

export type { ReleaseInput } from '../src/domain/release/release-input.ts';

/**
 * The only argument of every signal and update. `all`: for promote only. `step` (index from 0) and `runId`: the
 * position that the sender saw. If absent, the command applies to the position at its arrival.
 */
export interface CommandMessage extends CommandHeader {
  readonly all?: boolean;
  readonly step?: number;
  readonly runId?: string;
}

/** Key of the memo of a run that was reset: the first run of its chain, under which every interface knows it. */
export const CHAIN_MEMO = 'first_run_id';
/** Key of the memo of a run that continues an earlier one: when the release was started, epoch ms. */
export const STARTED_MEMO = 'started_at';
export const getRelease = defineQuery<ReleaseView>('get');

const signal = (name: CommandName) => defineSignal<[CommandMessage]>(name);
const update = (name: CommandName) => defineUpdate<CommandOutcome, [CommandMessage]>(name);

/** Every command as a signal, for the Temporal UI, its CLI and other programs. A refusal is an event of the release. */
export const commandSignals = {
  pause: signal('pause'),
  resume: signal('resume'),
  promote: signal('promote'),
  abort: signal('abort'),
  'skip-analysis': signal('skip-analysis'),
  approve: signal('approve'),
  reject: signal('reject'),
  'override-windows': signal('override-windows'),
} as const;

/** Every command as an update. The caller gets its acceptance and its outcome. */
export const commandUpdates = {
  pause: update('pause'),
  resume: update('resume'),
  promote: update('promote'),
  abort: update('abort'),
  'skip-analysis': update('skip-analysis'),
  approve: update('approve'),
  reject: update('reject'),
  'override-windows': update('override-windows'),
} as const;

/** Workflow type that brings a repository to a released version. */
export const DELIVERY_WORKFLOW = 'delivery';

export const getDelivery = defineQuery<DeliveryView>('get');

/** The only argument of the commands of a delivery. */
export interface DeliveryMessage {
  readonly who: string;
  /** Who that is. Absent if an interface cannot tell, and in messages of older versions. */
  readonly sender?: Sender;
}

export const deliverySignals = {
  retry: defineSignal<[DeliveryMessage]>('retry'),
  cancel: defineSignal<[DeliveryMessage]>('cancel'),
} as const satisfies Record<DeliveryCommandName, unknown>;

/** Each returns the state after the command has acted. */
export const deliveryUpdates = {
  retry: defineUpdate<DeliveryView, [DeliveryMessage]>('retry'),
  cancel: defineUpdate<DeliveryView, [DeliveryMessage]>('cancel'),
} as const satisfies Record<DeliveryCommandName, unknown>;

/** Workflow type of the releases that wait for one target. */
export const QUEUE_WORKFLOW = 'queue';

/** `state`: of the run that this one continues. Absent: the first entry comes with the start. */
export interface QueueInput {
  readonly target: Target;
  readonly state?: QueueState;
}

/** Key of the memo of a queue: what everybody may see of it. */
export const QUEUE_MEMO = 'queue';
export const getQueue = defineQuery<QueueView>('get');

/** `requestId`: the entry. `position`: from 1, for move. */
export interface QueueMessage {
  readonly who: string;
  readonly requestId?: string;
  readonly position?: number;
}

/** For a start that no worker answers. An entry that cannot be placed leaves the queue as refused. */
export const queueSignal = defineSignal<[QueueEntry]>('add');

/** Each returns the queue after the change. */
export const queueUpdates = {
  add: defineUpdate<QueueView, [QueueEntry]>('add'),
  move: defineUpdate<QueueView, [QueueMessage]>('move'),
  remove: defineUpdate<QueueView, [QueueMessage]>('remove'),
  clear: defineUpdate<QueueView, [QueueMessage]>('clear'),
  resume: defineUpdate<QueueView, [QueueMessage]>('resume'),
} as const satisfies Record<QueueChange | 'add', unknown>;
