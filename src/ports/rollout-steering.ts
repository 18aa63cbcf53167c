import type { Effect } from '../domain/effect.ts';
import type { Owner, Target } from '../domain/release/target.ts';
import type { Point, RolloutState } from '../domain/rollout.ts';

export interface DesiredImage {
  /** If absent, the only container. */
  readonly container?: string;
  /** The image that must be there now. If absent, any image. */
  readonly from?: string;
  readonly to: string;
}

/** An analysis that prevents a Rollout from continuing, and the only way in which Argo can pass it. */
export interface AnalysisHold extends Point {
  /** Name of the AnalysisRun. */
  readonly run: string;
  readonly role: 'step' | 'background' | 'pre-promotion' | 'post-promotion';
  readonly status: 'Pending' | 'Running' | 'Inconclusive';
  /**
   * How the analysis is skipped:
   *
   * * `next-step`: the step is ended.
   * * `end-pause`: the pause is ended, and with it the pause of the current step. Argo restarts the analysis.
   * * `terminate`: the run is ended, which Argo counts as a success.
   * * `promote-full`: all remaining steps are skipped.
   */
  readonly way: 'next-step' | 'end-pause' | 'terminate' | 'promote-full';
}

/** The object of a skip. Without `hold`, `why` says why there is nothing to skip. */
export interface AnalysisFound {
  readonly view: RolloutState;
  readonly hold?: AnalysisHold;
  readonly why: string;
}

/**
 * Single commands to a Rollout that no release owns. Each command tests the state that it was decided on, is sent at
 * most once to that state, and returns within seconds what it read back from the API server. It does not read the
 * proxies. A Rollout that a release has claimed in the meantime is refused. Errors: those of WorkloadPort. setImage has
 * also UNKNOWN_NAME, INVALID_INPUT (container) and WORKLOAD_NOT_FOUND.
 */
export interface RolloutSteeringPort {
  /** Sets the image in the Rollout, or in the Deployment that it refers to. */
  setImage(target: Target, desired: DesiredImage): Promise<Effect<RolloutState>>;
  /** Ends the pause at that point. Unchanged if it is already past. */
  promote(target: Target, at: Point): Promise<Effect<RolloutState>>;
  /** Skips all remaining steps of that version. Unchanged if it is already stable. */
  promoteFull(target: Target, at: Point): Promise<Effect<RolloutState>>;
  /** `over`: acts although this release has marked the Rollout. Any other mark still refuses. */
  abort(target: Target, at: Point, over?: Owner): Promise<Effect<RolloutState>>;
  /** Sets `spec.paused`. */
  pause(target: Target): Promise<Effect<RolloutState>>;
  /** Removes `spec.paused` only. Other pauses of the Rollout stay. */
  resume(target: Target): Promise<Effect<RolloutState>>;
  findAnalysis(target: Target): Promise<AnalysisFound>;
  skipAnalysis(target: Target, hold: AnalysisHold): Promise<Effect<RolloutState>>;
}
