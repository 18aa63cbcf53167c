import type { RolloutState } from '../rollout.ts';

/** Annotation of a Rollout: `true`, each update that somebody else makes starts a release; `false`, none does. */
export const RELEASE_UPDATES = 'sluice.dev/release-updates';
/** Annotation of a Rollout: the ConfigMap in its namespace that has the fields of these releases. */
export const RELEASE_FILE = 'sluice.dev/release-file';
/** The key of that ConfigMap. */
export const RELEASE_FILE_KEY = 'release.yaml';

/** What a Rollout says about its updates, as the watch of a cluster sees it. */
export interface SeenRollout
  extends Pick<RolloutState, 'target' | 'observed' | 'podHash' | 'stableHash' | 'aborted' | 'promoteFull' | 'owner'> {
  readonly uid: string;
  /** Argo's number of the version, as the Rollout has it. It may lag behind that of the ReplicaSet. */
  readonly revision: string;
  /** The value of RELEASE_UPDATES. */
  readonly wanted?: string;
  /** The value of RELEASE_FILE. */
  readonly file?: string;
  /** Annotations whose names look like the two, and are neither. */
  readonly unknown: readonly string[];
}

type Annotations = Readonly<Record<string, string>>;

/** What the annotations of a Rollout ask for. */
export function askedBy(annotations: Annotations): Pick<SeenRollout, 'wanted' | 'file' | 'unknown'> {
  const { [RELEASE_UPDATES]: wanted, [RELEASE_FILE]: file } = annotations;
  const similar = Object.keys(annotations).filter((name) => name.startsWith('sluice.dev/release'));
  return {
    ...(wanted !== undefined && { wanted }),
    ...(file !== undefined && { file }),
    unknown: similar.filter((name) => name !== RELEASE_UPDATES && name !== RELEASE_FILE),
  };
}
