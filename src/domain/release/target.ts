/** The object of a release. `cluster` is a kubeconfig context. */
export interface Target {
  readonly cluster: string;
  readonly namespace: string;
  readonly rollout: string;
}

const PREFIX = 'release';

const idOf = (kind: string, { cluster, namespace, rollout }: Target): string =>
  [kind, cluster, namespace, rollout].join('/');

/** The workflow id. It is derived from the target, so that one target has at most one running release. */
export const releaseId = (target: Target): string => idOf(PREFIX, target);

/** The workflow id of the guard that watches the target after a release: one at most. */
export const guardId = (target: Target): string => idOf('guard', target);

/** The workflow id of the queue of releases that wait for the target: one at most. */
export const queueId = (target: Target): string => idOf('queue', target);

/**
 * The target that a release id names. A context name may contain slashes (EKS ARNs do), so the last two parts are taken
 * from the end.
 */
export function parseReleaseId(id: string): Target | undefined {
  const parts = id.split('/');
  const rollout = parts.pop();
  const namespace = parts.pop();
  if (parts.shift() !== PREFIX || parts.length === 0 || !rollout || !namespace) return undefined;
  return { cluster: parts.join('/'), namespace, rollout };
}

/** The two ways on from a release that runs. Each door replaces the names of tools by its own words. */
export function followOrEnd(id: string): string {
  return `Call release_wait with release_id "${id}" to follow it, or release_abort with release_id "${id}" to end it.`;
}

/** Whether two release ids name the same Rollout. Their cluster names may differ, because two names may lead to one. */
export function sameRollout(one: string, other: string): boolean {
  const [a, b] = [parseReleaseId(one), parseReleaseId(other)];
  return a !== undefined && b !== undefined && a.namespace === b.namespace && a.rollout === b.rollout;
}

/**
 * Who may write to an object: one run of one release, and how far that run has come. It is stored as the owner mark.
 */
export interface Owner {
  /** The workflow id. */
  readonly releaseId: string;
  readonly runId: string;
  /** First run of the chain, if this run came from a reset or from continue-as-new. It is not in the mark. */
  readonly firstRunId?: string;
  /** Temporal namespace of the run. Absent in marks and releases of older versions. */
  readonly temporal?: string;
  /** Identity of the cluster (UID of its namespace kube-system). Absent in marks and releases of older versions. */
  readonly cluster?: string;
  /**
   * It rises with each act of the run. A mark with a higher epoch refuses a writer with a lower one. If absent, it is
   * 0.
   */
  readonly epoch?: number;
}

/** Two owners are the same release if the id matches: Temporal runs at most one run of an id at a time. */
export function sameRelease(a: Owner, b: Owner): boolean {
  return a.releaseId === b.releaseId;
}

export const epochOf = ({ epoch = 0 }: Owner): number => epoch;

/** Whether both are the same run. Marks of older versions contain neither Temporal namespace nor cluster. */
export function sameRun(holder: Owner, owner: Owner): boolean {
  const agree = (a: string | undefined, b: string | undefined) => a === undefined || b === undefined || a === b;
  return (
    holder.releaseId === owner.releaseId &&
    holder.runId === owner.runId &&
    agree(holder.temporal, owner.temporal) &&
    agree(holder.cluster, owner.cluster)
  );
}

/** The run id under which the journal and every interface know the release. A reset does not change it. */
export function chainOf({ runId, firstRunId }: Owner): string {
  return firstRunId ?? runId;
}
