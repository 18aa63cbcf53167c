import type { WeightProof } from './proof.ts';

/** The results of a strategy's moves. Workflows and recorded histories contain these shapes. */

/** The target is no longer asked to run the release's version, or another actor stopped it or changed its steps. */
export interface Preempted {
  readonly kind: 'superseded' | 'aborted-elsewhere' | 'steps-changed';
  readonly detail: string;
}

export interface Superseded {
  readonly kind: 'superseded';
  readonly detail: string;
}

/**
 * `failed`: the version can never get ready, and the release ends early in this case. `source`: what is known of the
 * source of the version, for kinds of targets that have one.
 */
export type Started =
  /** `detail`: what was seen of the version before its first traffic. */
  | { readonly kind: 'ready'; readonly newHash: string; readonly detail?: string; readonly source?: string }
  | { readonly kind: 'failed'; readonly detail: string }
  /** It got past the first weight before the release could hold it. `passed-by`: the controller did that itself. */
  | { readonly kind: 'passed-by' | 'promoted-elsewhere'; readonly newHash: string; readonly detail: string }
  | Preempted;
/** Argo has gone on from a weight by its own steps. */
export interface MovedOn {
  readonly kind: 'moved-on';
  readonly detail: string;
}
export type Advanced = { readonly kind: 'ready'; readonly detail: string } | MovedOn | Preempted;
export type Verified = { readonly kind: 'in-force'; readonly proof: WeightProof } | MovedOn | Preempted;

/**
 * `streams`: what is known of streams that are still open on the version that lost its traffic. `source`: as in
 * Started.
 */
export interface AllTraffic {
  readonly kind: 'settled';
  readonly proof: WeightProof;
  readonly streams?: string;
  readonly source?: string;
}
export type Settled = AllTraffic | Preempted;

export type Withdrawn =
  /** `pods`: why the new version's pods were not ready. Absent if they were, or if it is not known. */
  | { readonly kind: 'withdrawn'; readonly proof: WeightProof; readonly pods?: string }
  | { readonly kind: 'too-late'; readonly detail: string; readonly newHash: string }
  | Superseded;
export type BackOnStable = AllTraffic | Superseded;
/** `kept`: the template is another writer's, so it was left as it is. */
export type Restored =
  | { readonly kind: 'restored' | 'kept'; readonly detail: string; readonly source?: string }
  | Superseded;

/** A change to a step that is held, not by the release. */
export type ExternalChange = { readonly kind: 'promoted-elsewhere'; readonly detail: string } | MovedOn | Preempted;
