import type { VersionPods } from '../domain/pods.ts';
import type { Owner, Target } from '../domain/release/target.ts';
import type { Point, Revision, RolloutState } from '../domain/rollout.ts';

/**
 * Images that the template may have for a write to be meant for it. The hash alone lags behind the template: it is the
 * controller's.
 */
export interface TemplateImages {
  readonly container: string;
  readonly images: readonly string[];
}

/** What a write did. `changed: false` always says why. */
export interface Change {
  readonly changed: boolean;
  readonly detail: string;
}

/** The object moved away under the caller: another template, another step than expected, or another owner. */
export interface Refusal {
  readonly refused: true;
  readonly detail: string;
  /** Whose mark is on the object, when that is the reason. */
  readonly holder?: Owner;
}

export type WriteResult = Change | Refusal;

/**
 * What is delivered: one version at a place. Every write is guarded by what the caller last read: it changes the state
 * it was meant for or
 * nothing. Every write of a release tests the owner mark in the same patch: an object without the mark of `owner`'s
 * run, or with a higher epoch, refuses it. Errors: SluiceError with ROLLOUT_NOT_FOUND, NAMESPACE_NOT_FOUND, CLUSTER_*,
 * CRD_MISSING, FORBIDDEN,
 * CONFLICT.
 */
export interface WorkloadPort {
  read(target: Target): Promise<RolloutState>;
  /**
   * The pods of the version with this hash, with why they are not ready. A missing right is a `problem` of the answer.
   */
  pods(target: Target, podHash: string): Promise<VersionPods>;
  /** The versions that the target still has pods or templates of, newest first. */
  revisions(target: Target): Promise<readonly Revision[]>;
  /** Sets a container's image when it is `from` (or already `to`: unchanged). Another image: refused. */
  setImage(target: Target, change: { container: string; from: string; to: string }, owner: Owner): Promise<WriteResult>;
  /**
   * Ends the pause at which `at.podHash` is held: that of step `at.stepIndex`, or the only one of a target without
   * steps.
   * Already past it: unchanged.
   */
  advance(target: Target, at: Point, owner: Owner): Promise<WriteResult>;
  /**
   * Aborts `podHash` (clears promoteFull too). Refused when it is already stable or replaced, also by a template of
   * another image.
   */
  abort(target: Target, at: { podHash: string; template?: TemplateImages }, owner: Owner): Promise<WriteResult>;
  /**
   * Writes the owner mark. Refused, with its holder, where another run holds the object, unless that holder is `over`:
   * a
   * run that the caller has found to be closed.
   */
  claim(target: Target, owner: Owner, over?: Owner): Promise<WriteResult>;
  /** Raises the mark's epoch to `owner`'s: no earlier act of this run can write any more. Refused without its mark. */
  fence(target: Target, owner: Owner): Promise<WriteResult>;
  /** Removes the owner mark if the run of `owner` holds it. */
  unclaim(target: Target, owner: Owner): Promise<Change>;
}
