/**
 * `release/<cluster>/<namespace>/<rollout>`, or `<namespace>/<rollout>` in the cluster of `--cluster` or the current
 * one.
 */
export function releaseRef(text: string, cluster: string | undefined): Record<string, unknown> {
  const parts = text.split('/');
  if (text.startsWith('release/') || parts.length !== 2) return { release_id: text };
  const [namespace, rollout] = parts;
  return { target: { ...(cluster === undefined ? {} : { cluster }), namespace, rollout } };
}
