import type { RolloutState } from '../rollout.ts';

/** The parts of a Rollout's state that decide what has become of a release. */
export type Observation = Pick<
  RolloutState,
  | 'observed'
  | 'podHash'
  | 'stableHash'
  | 'stepIndex'
  | 'pauseReasons'
  | 'controllerPause'
  | 'aborted'
  | 'phase'
  | 'message'
  | 'stableSelector'
  | 'candidateSelector'
  | 'canaryWeight'
  | 'replicas'
> & {
  /** Image of the container that is released. */
  readonly image: string | undefined;
};

/** What the release knows of its own version. `newHash` is absent until the controller has named it. */
export interface Expected {
  readonly toImage: string;
  readonly newHash?: string;
}

/** Why a release must leave a step, or undefined while the Rollout is as the release left it. */
export interface Departure {
  readonly kind: 'superseded' | 'aborted-elsewhere';
  readonly detail: string;
}

/** Somebody else's image or template, or somebody else's abort. Unobserved specs are not judged. */
export function departure(seen: Observation, expected: Expected): Departure | undefined {
  if (seen.image !== undefined && seen.image !== expected.toImage)
    return { kind: 'superseded', detail: `the image is now ${seen.image}, this release set ${expected.toImage}` };
  if (!seen.observed) return undefined;
  if (expected.newHash !== undefined && seen.podHash !== expected.newHash)
    return {
      kind: 'superseded',
      detail: `the template changed: its hash is ${seen.podHash}, this release rolled out ${expected.newHash}`,
    };
  if (seen.aborted) return { kind: 'aborted-elsewhere', detail: 'the Rollout was aborted by somebody else' };
  return undefined;
}

/** True when the new version is the stable one and both Services point at it. */
export function isPromoted(seen: Observation, newHash: string): boolean {
  return seen.observed && seen.stableHash === newHash && seen.podHash === newHash && seen.stableSelector === newHash;
}
