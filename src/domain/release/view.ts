import type { Verdict } from '../analysis/verdict.ts';
import type { Sender } from './approval.ts';
import type { CommandOutcome } from './command.ts';
import type { ReleasePlan, ReleaseSpec } from './plan.ts';
import type { WeightProof } from './proof.ts';
import type { UpdateOrigin } from '../updates/origin.ts';
import type { WindowState } from '../windows/state.ts';
import type { ReleaseState } from './state.ts';

/** One event in the history of the release. `at`: epoch milliseconds. */
export interface ReleaseEvent {
  readonly at: number;
  readonly state: ReleaseState;
  readonly text: string;
  readonly who?: string;
}

/** The decision that the release waits for, and its deadline on the release's own clock. */
export interface Waiting {
  readonly for: 'approval' | 'step-approval' | 'promotion' | 'decision' | 'resume' | 'human' | 'window';
  readonly answers: readonly string[];
  readonly sinceMs: number;
  readonly deadlineInMs?: number;
}

/** Whether approvals are what a release waits for: those of its start, or of a step. */
export const asksApproval = (waiting: Waiting | undefined): boolean =>
  waiting?.for === 'approval' || waiting?.for === 'step-approval';

/** The complete state of a release, as its query returns it. */
export interface ReleaseView {
  readonly id: string;
  readonly runId: string;
  readonly spec: ReleaseSpec;
  readonly startedBy: string;
  /** Who that is. Absent where nobody has proved it, and in releases of older versions. */
  readonly proposer?: Sender;
  /** The run releases nothing: it undoes what an earlier run has done or left. Absent in runs of older versions. */
  readonly back?: { readonly reason: string };
  /** The update for which it was started by itself. Absent: somebody has started it. */
  readonly update?: UpdateOrigin;
  readonly startedAt: number;
  readonly closedAt?: number;
  readonly state: ReleaseState;
  readonly reason: string;
  readonly stepIndex: number;
  readonly plan?: ReleasePlan;
  readonly newHash?: string;
  /** Where the source of the version is, for kinds of targets that have one: a revision of Helm, a commit. */
  readonly source?: string;
  readonly weightWanted: number;
  readonly proof?: WeightProof;
  readonly verdict?: Verdict;
  /** Time of the newest sample, epoch ms, if there have been no data since. Only the journal knows it. */
  readonly noDataSince?: number;
  readonly waiting?: Waiting;
  /** The windows of the target as the release has last seen them. Absent in releases of older versions. */
  readonly window?: WindowState;
  readonly commands: readonly CommandOutcome[];
  readonly events: readonly ReleaseEvent[];
  /** How many events there were before the first of `events`. Absent if there were none. */
  readonly eventsBefore?: number;
}

/** The result of the workflow. */
export interface ReleaseResult {
  readonly state: ReleaseState;
  readonly reason: string;
}
