import type { Verdict } from '../analysis/verdict.ts';
import type { CommandOutcome } from './command.ts';
import type { ReleasePlan, ReleaseSpec } from './plan.ts';
import type { WeightProof } from './proof.ts';
import type { ReleaseState } from './state.ts';

/** One line of the release's story. `at`: epoch milliseconds. */
export interface ReleaseEvent {
  readonly at: number;
  readonly state: ReleaseState;
  readonly text: string;
  readonly who?: string;
}

/** What the release waits for from a person, and until when (its own clock). */
export interface Waiting {
  readonly for: 'approval' | 'promotion' | 'decision' | 'resume' | 'human';
  readonly answers: readonly string[];
  readonly sinceMs: number;
  readonly deadlineInMs?: number;
}

/** The whole state of a release as its query answers it. */
export interface ReleaseView {
  readonly id: string;
  readonly runId: string;
  readonly spec: ReleaseSpec;
  readonly startedBy: string;
  readonly startedAt: number;
  readonly closedAt?: number;
  readonly state: ReleaseState;
  readonly reason: string;
  readonly stepIndex: number;
  readonly plan?: ReleasePlan;
  readonly newHash?: string;
  readonly weightWanted: number;
  readonly proof?: WeightProof;
  readonly verdict?: Verdict;
  readonly waiting?: Waiting;
  readonly commands: readonly CommandOutcome[];
  readonly events: readonly ReleaseEvent[];
  /** How many events there were before the first of `events`; absent: none. */
  readonly eventsBefore?: number;
}

/** What the workflow returns. */
export interface ReleaseResult {
  readonly state: ReleaseState;
  readonly reason: string;
}
