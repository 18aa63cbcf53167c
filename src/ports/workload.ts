import type { ContractChange } from '../domain/servers/contract/compare.ts';
import type { VersionPods } from '../domain/pods.ts';
import type { Check, ContainerImage, ReleaseSpec } from '../domain/release/plan.ts';
import type { Owner, Target } from '../domain/release/target.ts';
import type { SourcePlans } from '../domain/release/version-source.ts';
import type { Point, Revision, RolloutState } from '../domain/rollout.ts';
import type { TemplateFound, TemplateStep } from '../domain/template/template-change.ts';

/**
 * Images that the template may have for a write to apply to it. The hash alone is not enough: the controller sets it,
 * so it lags behind the template.
 */
export interface TemplateImages {
  readonly container: string;
  readonly images: readonly string[];
  /** Digests that the whole template may have. Absent: any. */
  readonly digests?: readonly string[];
}

/** The effect of a write. `changed: false` always has a reason. */
export interface Change {
  readonly changed: boolean;
  readonly detail: string;
  /** The owner of the mark on the object, when that is the reason for no change. */
  readonly holder?: Owner;
  /** What is known of the source of the version, for people: "Helm release shop/web is at revision 5". */
  readonly source?: string;
}

/** The change of a container's image. The plans of sources are those of the release. */
export interface ImageChange extends SourcePlans {
  readonly container: string;
  readonly from: string;
  readonly to: string;
  /** Other containers whose images change in the same write. */
  readonly further?: readonly ContainerImage[];
  /** The whole template changes, images included. Absent: the images alone. */
  readonly template?: TemplateStep;
  /** Repeats `look` until it returns a value. For kinds that do not write the image themselves. */
  readonly wait?: <T>(look: () => Promise<T | undefined>) => Promise<T>;
}

/** A wanted change of the pod template: a patch (src/domain/template/patched.ts), and images by container. */
export interface TemplateWish {
  readonly patch: Readonly<Record<string, unknown>>;
  readonly images: Readonly<Record<string, string>>;
}

/** Whether the source of a version can be used, and what it holds now. */
export interface SourceFound {
  readonly checks: readonly Check[];
  /** Present when every check holds. */
  readonly plan?: SourcePlans;
}

/** The object changed since the caller's read: another template, another step than expected, or another owner. */
export interface Refusal {
  readonly refused: true;
  readonly detail: string;
  /** The owner of the mark on the object, when that is the reason. */
  readonly holder?: Owner;
}

export type WriteResult = Change | Refusal;

/** How two versions differ for their callers. `missing`: the versions whose contract is not known. */
export type ContractDifference =
  | { readonly changes: readonly ContractChange[]; readonly graceMs?: number }
  | { readonly missing: readonly string[] };

/**
 * What is delivered: one version at a place. Every write tests the state that the caller last read, and changes that
 * state or nothing. Every write of a release tests the owner mark in the same patch: an object without the mark of
 * `owner`'s run, or with a higher epoch, refuses it. Errors: SluiceError with ROLLOUT_NOT_FOUND, NAMESPACE_NOT_FOUND,
 * CLUSTER_*, CRD_MISSING, FORBIDDEN, CONFLICT.
 */
export interface WorkloadPort {
  read(target: Target): Promise<RolloutState>;
  /**
   * The pods of the version with this hash, with the reasons why they are not ready. A missing right is a `problem` of
   * the result.
   */
  pods(target: Target, podHash: string): Promise<VersionPods>;
  /** The versions that the target still has pods or templates of, newest first. */
  revisions(target: Target): Promise<readonly Revision[]>;
  /** Digest of the pod template. Absent: the target has none. */
  templateDigest?(target: Target): Promise<string>;
  /** What a wish would make of the pod template. Changes nothing. Absent: the target has none. */
  planTemplate?(target: Target, wish: TemplateWish): Promise<TemplateFound>;
  /**
   * Sets the images of containers that are `from` (or already `to`: unchanged), all of them or none. Another image:
   * refused. With `change.template` it changes the whole template, from one digest to the other. Another digest:
   * refused.
   */
  setImage(target: Target, change: ImageChange, owner: Owner): Promise<WriteResult>;
  /**
   * Ends the pause at which `at.podHash` is held: that of step `at.stepIndex`, or the only one of a target without
   * steps. Unchanged if it is already past.
   */
  advance(target: Target, at: Point, owner: Owner): Promise<WriteResult>;
  /**
   * Aborts `podHash`, and clears promoteFull. Refused when that version is already stable or replaced, also by a
   * template of another image.
   */
  abort(target: Target, at: { podHash: string; template?: TemplateImages }, owner: Owner): Promise<WriteResult>;
  /**
   * Writes the owner mark. Refused, with its holder, if another run holds the object. The exception is the holder
   * `over`: a run that the caller has found to be closed.
   */
  claim(target: Target, owner: Owner, over?: Owner): Promise<WriteResult>;
  /**
   * Raises the mark's epoch to `owner`'s, so that no earlier act of this run can write any more. Refused without its
   * mark.
   */
  fence(target: Target, owner: Owner): Promise<WriteResult>;
  /** Removes the owner mark if the run of `owner` holds it. */
  unclaim(target: Target, owner: Owner): Promise<Change>;
  /**
   * Checks the source of the version, and says what it holds. Changes nothing. Absent for kinds whose versions have no
   * source. Errors: those of the source.
   */
  source?(spec: ReleaseSpec): Promise<SourceFound>;
  /** The difference that callers see between two versions. Absent where versions have no contract. */
  contract?(target: Target, from: string, to: string): Promise<ContractDifference>;
}
