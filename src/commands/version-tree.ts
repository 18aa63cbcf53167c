import { podText, podsText } from '../domain/pods.ts';
import type { Revision } from '../domain/rollout.ts';
import { cleanText, maskSecrets } from '../domain/safe-text.ts';
import type { RolloutVersions } from '../ports/rollout-history.ts';

const safe = (text: string): string => maskSecrets(cleanText(text));

/**
 * The tree of a Rollout as lines: each revision that has pods with its ReplicaSet, and below it its pods. The newest
 * revision comes first. A part that could not be read is a line with the reason.
 */
export function versionTree(seen: RolloutVersions): string[] {
  const { revisions, revisionsProblem } = seen;
  const hashes = [...new Set([seen.podHash, seen.stableHash])].filter((hash) => hash !== '');
  const shown = revisions.filter(({ podHash, replicas }) => hashes.includes(podHash) || replicas.desired > 0);
  const unknown = hashes.filter((hash) => revisions.every(({ podHash }) => podHash !== hash));
  const idle = revisions.length - shown.length;
  return [
    ...(revisionsProblem === undefined ? [] : [`ReplicaSets: ${safe(revisionsProblem)}`]),
    ...shown.flatMap((one) => branch(seen, one.podHash, one)),
    ...unknown.flatMap((hash) => branch(seen, hash)),
    ...(idle > 0 ? [`${idle} older ${idle === 1 ? 'revision' : 'revisions'} without pods`] : []),
  ];
}

function branch(seen: RolloutVersions, hash: string, revision?: Revision): string[] {
  const pods = seen.pods.get(hash) ?? [];
  const problem = seen.podsProblem ?? revision?.problem;
  const role = hash === seen.stableHash ? 'stable' : hash === seen.podHash ? 'new' : 'old';
  const head = revision
    ? `revision ${revision.revision} (${role}) ${safe(revision.replicaSet)} ${safe(Object.values(revision.images).join(', '))}`
    : `${role} ${safe(hash)}`;
  const summary = safe(podsText({ pods, ...(problem !== undefined && { problem }) }) ?? 'no pods');
  return [`${head}: ${summary}`, ...pods.map((pod) => `  ${safe(pod.name)} ${safe(podText(pod))}`)];
}
