import type { Effect } from '../domain/effect.ts';
import type { Owner, Target } from '../domain/release/target.ts';
import type { Point, RolloutState } from '../domain/rollout.ts';

export interface ImageWish {
  /** Absent: the only one. */
  readonly container?: string;
  /** The image that must be there now; absent: whichever is read first. */
  readonly from?: string;
  readonly to: string;
}

/** An analysis that keeps a Rollout from going on, and the one way in which Argo can be got past it. */
export interface AnalysisHold extends Point {
  /** Name of the AnalysisRun. */
  readonly run: string;
  readonly role: 'step' | 'background' | 'pre-promotion' | 'post-promotion';
  readonly status: 'Pending' | 'Running' | 'Inconclusive';
  /**
   * `next-step`: the step is ended. `end-pause`: the pause is ended, and with it that of the present step; Argo starts
   * the analysis anew.
   * `terminate`: the run is ended, which Argo counts as a success. `promote-full`: everything that is left is skipped.
   */
  readonly way: 'next-step' | 'end-pause' | 'terminate' | 'promote-full';
}

/** What a skip would act on; without `hold`, `why` says why there is nothing to skip. */
export interface AnalysisFound {
  readonly view: RolloutState;
  readonly hold?: AnalysisHold;
  readonly why: string;
}

/**
 * Single commands to a Rollout that no release owns. Each is guarded by the state it was decided on, is sent at most
 * once to that
 * state, and answers with what was read back within seconds: of the API server, not of the proxies. A Rollout that a
 * release has taken in
 * the meantime is refused. Errors: as RolloutsPort; setImage also UNKNOWN_NAME, INVALID_INPUT (container) and
 * WORKLOAD_NOT_FOUND.
 */
export interface RolloutSteeringPort {
  /** In the Rollout, or in the Deployment that it refers to. */
  setImage(target: Target, wish: ImageWish): Promise<Effect<RolloutState>>;
  /** Ends the pause at that point. Already past it: unchanged. */
  promote(target: Target, at: Point): Promise<Effect<RolloutState>>;
  /** Skips everything that is left of that version. Already stable: unchanged. */
  promoteFull(target: Target, at: Point): Promise<Effect<RolloutState>>;
  /** `over`: acts although this release has marked the Rollout; any other mark still refuses. */
  abort(target: Target, at: Point, over?: Owner): Promise<Effect<RolloutState>>;
  /** Sets `spec.paused`. */
  pause(target: Target): Promise<Effect<RolloutState>>;
  /** Removes `spec.paused`, and nothing else that holds the Rollout. */
  resume(target: Target): Promise<Effect<RolloutState>>;
  findAnalysis(target: Target): Promise<AnalysisFound>;
  skipAnalysis(target: Target, hold: AnalysisHold): Promise<Effect<RolloutState>>;
}
