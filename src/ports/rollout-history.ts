import type { Target } from '../domain/release/target.ts';
import type { PodState } from '../domain/pods.ts';
import type { Revision } from '../domain/rollout.ts';

export interface MetricOutcome {
  readonly name: string;
  readonly phase: string;
  readonly successful: number;
  readonly failed: number;
  readonly inconclusive: number;
  readonly errors: number;
  /** Value of the newest measurement. */
  readonly lastValue?: string;
  readonly message: string;
}

export interface AnalysisOutcome {
  readonly run: string;
  /** Step, Background, PrePromotion or PostPromotion. Empty when the controller did not create the run. */
  readonly type: string;
  readonly podHash: string;
  readonly phase: string;
  readonly message: string;
  readonly startedAt: string;
  readonly completedAt?: string;
  readonly metrics: readonly MetricOutcome[];
}

export interface ObjectEvent {
  readonly at: string;
  /** The component that reported it. */
  readonly who: string;
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly count: number;
}

/** The last write of a field manager to the Rollout. */
export interface LastWrite {
  readonly at: string;
  readonly who: string;
  /** The object, or a subresource of it such as status. */
  readonly what: string;
  /** "spec.template", two levels at most. */
  readonly fields: readonly string[];
}

export interface PastOfRollout {
  readonly podHash: string;
  readonly stableHash: string;
  readonly resourceVersion: string;
  readonly revisions: readonly Revision[];
  readonly analysisRuns: readonly AnalysisOutcome[];
  /** By default clusters keep events for an hour. */
  readonly events: readonly ObjectEvent[];
  readonly writes: readonly LastWrite[];
}

/** The versions of a Rollout with their pods, from one read. */
export interface RolloutVersions {
  readonly podHash: string;
  readonly stableHash: string;
  /** Newest first. If they cannot be read, `revisionsProblem` has the reason. */
  readonly revisions: readonly Revision[];
  readonly revisionsProblem?: string;
  /** By pod hash. If they cannot be read, `podsProblem` has the reason. */
  readonly pods: ReadonlyMap<string, readonly PodState[]>;
  readonly podsProblem?: string;
}

export interface RolloutHistory {
  /** Errors: as RolloutObjectsPort.read. */
  versions(target: Target): Promise<RolloutVersions>;
  /** Newest first. Errors: as `history`. */
  revisions(target: Target): Promise<readonly Revision[]>;
  /** All lists are newest first and unlimited. Errors: as RolloutObjectsPort.read. */
  history(target: Target): Promise<PastOfRollout>;
}
