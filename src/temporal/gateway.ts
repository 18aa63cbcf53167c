import type { Command, CommandOutcome } from '../domain/release/command.ts';
import type { GuardView } from '../domain/release/guard.ts';
import type { ReleaseState } from '../domain/release/state.ts';
import type { Owner } from '../domain/release/target.ts';
import type { ReleaseView } from '../domain/release/view.ts';
import type { ReleaseInput } from '../../workflows/messages.ts';
import type { Schedules } from './schedules.ts';

export interface StartedRelease {
  readonly id: string;
  readonly runId: string;
  /** False when the same request id had already started it. */
  readonly started: boolean;
}

export interface ReleaseFilter {
  readonly cluster?: string;
  readonly namespace?: string;
  readonly rollout?: string;
  readonly state?: ReleaseState;
  /** Only those whose run goes on. */
  readonly open?: true;
  /** Only those that workers of this task queue carry out. */
  readonly taskQueue?: string;
  readonly limit: number;
}

/** From the visibility store, so up to a second late: a list informs, it never decides. */
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

/** The guard of a target, as far as it can be known. */
export interface KnownGuard {
  readonly id: string;
  readonly open: boolean;
  /** The run of the release whose version it watches. */
  readonly releaseRunId: string;
  /** A state of GuardView, or `ended-outside`. */
  readonly state: string;
  readonly reason: string;
  /** Absent: no worker answers for it. */
  readonly view?: GuardView;
}

/**
 * `held`: the run is open, but paused in Temporal, and acts only when somebody unpauses it. `unknown`: this Temporal
 * has no such run: it forgot it, or the mark is of another Temporal.
 */
export type Ownership = 'open' | 'held' | 'ended' | 'unknown';

/**
 * The only way from a door to the workflows. Every call is bounded: TEMPORAL_UNREACHABLE within 5 seconds.
 * Errors besides: RELEASE_NOT_FOUND, RELEASE_CLOSED, RELEASE_HELD (details.run: RunFacts), TARGET_BUSY
 * (details.release_id), NO_ANSWER, and the code with which the workflow's validator refused a command.
 */
export interface ReleaseGateway {
  probe(): Promise<{
    readonly address: string;
    readonly namespace: string;
    readonly taskQueue: string;
    /** Workers that have polled the task queue lately. */
    readonly pollers: number;
  }>;
  /**
   * What `start` would meet: the release that this request started earlier, nothing, or TARGET_BUSY. To be asked before
   * preflight, which a busy target fails.
   */
  admit(id: string, requestId: string): Promise<StartedRelease | undefined>;
  start(input: ReleaseInput): Promise<StartedRelease>;
  /**
   * Sends the command as an update. When its effect takes longer than `waitMs`: outcome `accepted`. The guard of a
   * release that has ended takes `abort` and `resume`.
   */
  command(id: string, command: Command, waitMs: number): Promise<CommandOutcome>;
  /** `runId`: that run instead of the latest. */
  get(id: string, runId?: string): Promise<ReleaseView>;
  /** The latest guard of the target of a release; undefined: there was none, or Temporal has forgotten it. */
  guard(id: string): Promise<KnownGuard | undefined>;
  readonly schedules: Schedules;
  list(filter: ReleaseFilter): Promise<readonly ReleaseSummary[]>;
  /** Whether the run of an owner mark can still act. A mark of a run that has ended may be taken over. */
  owns(owner: Owner): Promise<Ownership>;
  close(): Promise<void>;
}
