import type { Command, CommandOutcome } from '../domain/release/command.ts';
import type { GuardView } from '../domain/release/guard.ts';
import type { ReleaseState } from '../domain/release/state.ts';
import type { Owner } from '../domain/release/target.ts';
import type { ReleaseView } from '../domain/release/view.ts';
import type { ReleaseInput } from '../../workflows/messages.ts';
import type { PollingWorker } from '../domain/worker-build.ts';
import type { Deliveries } from './deliveries.ts';
import type { Queues } from './queues.ts';
import type { Schedules } from './schedules.ts';
import type { WorkerBuilds } from './builds.ts';

/** Temporal lists a poller for minutes after it has stopped. A live worker polls again within one long poll. */
export const POLLED_WITHIN_MS = 70_000;

export interface StartedRelease {
  readonly id: string;
  readonly runId: string;
  /** False when the same request id had started it before. */
  readonly started: boolean;
}

export interface ReleaseFilter {
  readonly cluster?: string;
  readonly namespace?: string;
  readonly rollout?: string;
  readonly state?: ReleaseState;
  /** Only releases whose run is open. */
  readonly open?: true;
  /** Only releases that workers of this task queue run. */
  readonly taskQueue?: string;
  readonly limit: number;
}

/** From the visibility store, so up to a second late. Lists are for information and not for decisions. */
export interface ReleaseSummary {
  readonly id: string;
  readonly runId: string;
  readonly state: ReleaseState;
  readonly strategy: string;
  readonly version: string;
  readonly startedBy: string;
  readonly startedAt: number;
  readonly closedAt?: number;
  /** State of the guard that watches what this run released; absent: none is open. */
  readonly guard?: string;
}

/** The guard of a target, as far as it is known. */
export interface KnownGuard {
  readonly id: string;
  readonly open: boolean;
  /** The run of the release whose version it watches. */
  readonly releaseRunId: string;
  /** A state of GuardView, or `ended-outside`. */
  readonly state: string;
  readonly reason: string;
  /** Absent if no worker answers for it. */
  readonly view?: GuardView;
}

/**
 * `held`: the run is open but paused in Temporal, and acts only when a person unpauses it. `unknown`: this Temporal has
 * no such run, because it has deleted it or the mark belongs to another Temporal.
 */
export type Ownership = 'open' | 'held' | 'ended' | 'unknown';

/**
 * The only way from an interface to the workflows. Every call is bounded: TEMPORAL_UNREACHABLE within 5 seconds.
 * Further errors: RELEASE_NOT_FOUND, RELEASE_CLOSED, RELEASE_HELD (details.run: RunFacts, details.run_id), TARGET_BUSY
 * (details.release_id), NO_ANSWER, and the code with which the workflow's validator refused a command.
 */
export interface ReleaseGateway {
  probe(): Promise<{
    readonly address: string;
    readonly namespace: string;
    readonly taskQueue: string;
    /** Number of workers that polled the task queue in the last POLLED_WITHIN_MS. Some may have stopped since. */
    readonly pollers: number;
    /** The same workers. */
    readonly workers: readonly PollingWorker[];
  }>;
  /**
   * The expected result of `start`: the release that this request started earlier, nothing, or TARGET_BUSY. Call it
   * before preflight, because preflight fails for a busy target.
   */
  admit(id: string, requestId: string): Promise<StartedRelease | undefined>;
  start(input: ReleaseInput): Promise<StartedRelease>;
  /**
   * Sends the command as an update. If its effect takes longer than `waitMs`, the outcome is `accepted`. The guard of a
   * release that has ended takes `abort` and `resume` while it asks.
   */
  command(id: string, command: Command, waitMs: number): Promise<CommandOutcome>;
  /** `runId`: the run to read. By default it is the latest. */
  get(id: string, runId?: string): Promise<ReleaseView>;
  /** The latest guard of the target of a release; undefined: there was none, or Temporal has forgotten it. */
  guard(id: string): Promise<KnownGuard | undefined>;
  readonly schedules: Schedules;
  readonly queues: Queues;
  readonly deliveries: Deliveries;
  readonly builds: WorkerBuilds;
  list(filter: ReleaseFilter): Promise<readonly ReleaseSummary[]>;
  /** Whether the run of an owner mark can still act. The mark of a run that has ended may be taken over. */
  owns(owner: Owner): Promise<Ownership>;
  close(): Promise<void>;
}
