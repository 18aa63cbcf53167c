/** What a release acts on. `cluster` is a kubeconfig context. */
export interface Target {
  readonly cluster: string;
  readonly namespace: string;
  readonly rollout: string;
}

const PREFIX = 'release';

/** The workflow id: one target, one id, so that one target has at most one running release. */
export function releaseId(target: Target): string {
  return [PREFIX, target.cluster, target.namespace, target.rollout].join('/');
}

/**
 * The target that a release id names. A context name may itself hold slashes (EKS ARNs do),
 * so the last two parts are taken from the end.
 */
export function parseReleaseId(id: string): Target | undefined {
  const parts = id.split('/');
  const rollout = parts.pop();
  const namespace = parts.pop();
  if (parts.shift() !== PREFIX || parts.length === 0 || !rollout || !namespace) return undefined;
  return { cluster: parts.join('/'), namespace, rollout };
}

/** The part of the owner mark that says which release holds an object. */
export interface Owner {
  readonly releaseId: string;
  readonly runId: string;
}

/** Two owners are the same release line when the id matches: Temporal runs one of them at a time. */
export function sameRelease(a: Owner, b: Owner): boolean {
  return a.releaseId === b.releaseId;
}
