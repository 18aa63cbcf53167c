/** The parts of a Rollout's reading that decide what has become of a release. Hashes are pod-template hashes. */
export interface Observation {
  readonly observed: boolean;
  readonly image: string | undefined;
  readonly podHash: string;
  readonly stableHash: string;
  readonly stepIndex?: number;
  readonly pauseReasons: readonly string[];
  readonly controllerPause: boolean;
  readonly aborted: boolean;
  readonly phase: string;
  readonly message: string;
  readonly stableSelector?: string;
  readonly candidateSelector?: string;
  readonly canaryWeight?: number;
  readonly replicas: { readonly desired: number; readonly updated: number; readonly available: number };
}

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

/** True when the controller holds the canary at `pauseIndex` with the pods of `newHash`. */
export function atCanaryPause(seen: Observation, newHash: string, pauseIndex: number): boolean {
  return (
    seen.observed &&
    seen.podHash === newHash &&
    seen.stepIndex === pauseIndex &&
    seen.controllerPause &&
    seen.pauseReasons.includes('CanaryPauseStep')
  );
}

/** True when the preview is ready and waits for its promotion. */
export function atBlueGreenPause(seen: Observation, newHash: string): boolean {
  return (
    seen.observed && seen.podHash === newHash && seen.controllerPause && seen.pauseReasons.includes('BlueGreenPause')
  );
}

/** True when the new version is the stable one and both Services point at it. */
export function isPromoted(seen: Observation, newHash: string): boolean {
  return seen.observed && seen.stableHash === newHash && seen.podHash === newHash && seen.stableSelector === newHash;
}

/** True when the old version is back on the stable Service; a blue-green preview may keep the bad hash. */
export function isBackOnStable(seen: Observation, stableHash: string, strategy: 'canary' | 'blue-green'): boolean {
  if (seen.stableSelector !== stableHash) return false;
  return strategy === 'blue-green' || (seen.candidateSelector === stableHash && (seen.canaryWeight ?? 0) === 0);
}
