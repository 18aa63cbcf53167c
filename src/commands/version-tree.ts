import { SluiceError } from '../domain/errors.ts';
import { podText, podsText, type VersionPods } from '../domain/pods.ts';
import type { Target } from '../domain/release/target.ts';
import { cleanText, maskSecrets } from '../domain/safe-text.ts';
import type { ToolPorts } from '../ports/index.ts';
import type { Revision } from '../domain/rollout.ts';

type TreePorts = Pick<ToolPorts, 'workload'> & {
  readonly rolloutObjects: Pick<ToolPorts['rolloutObjects'], 'revisions'>;
};

/** The versions of a Rollout, from one read. */
interface Versions {
  readonly target: Target;
  readonly podHash: string;
  readonly stableHash: string;
}

const safe = (text: string): string => maskSecrets(cleanText(text));

/**
 * The tree of a Rollout as lines: each revision that has pods with its ReplicaSet, and below it its pods. The newest
 * revision comes first. A part that cannot be read is a line with the reason. Errors: any error that is not a
 * SluiceError.
 */
export async function versionTree(ports: TreePorts, seen: Versions): Promise<string[]> {
  const found = await ports.rolloutObjects.revisions(seen.target).catch((error: unknown) => problemOf(error));
  const revisions = typeof found === 'string' ? [] : found;
  const hashes = [...new Set([seen.podHash, seen.stableHash])].filter((hash) => hash !== '');
  const shown = revisions.filter(({ podHash, replicas }) => hashes.includes(podHash) || replicas.desired > 0);
  const unknown = hashes.filter((hash) => revisions.every(({ podHash }) => podHash !== hash));
  const blocks = await Promise.all([
    ...shown.map((one) => branch(ports, seen, one.podHash, one)),
    ...unknown.map((hash) => branch(ports, seen, hash)),
  ]);
  const idle = revisions.length - shown.length;
  return [
    ...(typeof found === 'string' ? [`ReplicaSets: ${safe(found)}`] : []),
    ...blocks.flat(),
    ...(idle > 0 ? [`${idle} older ${idle === 1 ? 'revision' : 'revisions'} without pods`] : []),
  ];
}

async function branch(ports: TreePorts, seen: Versions, hash: string, revision?: Revision): Promise<string[]> {
  const pods = await ports.workload.pods(seen.target, hash).catch(
    (error: unknown): VersionPods => ({
      pods: [],
      problem: problemOf(error),
    }),
  );
  const role = hash === seen.stableHash ? 'stable' : hash === seen.podHash ? 'new' : 'old';
  const head = revision
    ? `revision ${revision.revision} (${role}) ${safe(revision.replicaSet)} ${safe(Object.values(revision.images).join(', '))}`
    : `${role} ${safe(hash)}`;
  const summary = safe(podsText(pods) ?? 'no pods');
  return [`${head}: ${summary}`, ...pods.pods.map((pod) => `  ${safe(pod.name)} ${safe(podText(pod))}`)];
}

function problemOf(error: unknown): string {
  if (error instanceof SluiceError) return error.message;
  throw error;
}
