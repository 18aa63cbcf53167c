import type { Clusters } from '../adapters/kubernetes/cluster-client.ts';
import { SluiceError } from '../domain/errors.ts';
import { readIdentity } from './identity.ts';
import { entriesOf, type DescribedClusters } from './settings-for.ts';

/** The faults of one entry, as sentences with the next action. */
export interface ClusterProblem {
  readonly context: string;
  readonly detail: string;
  readonly next: string;
}

/** All faults of the configured clusters. An entry with a fault does not affect the others. Never throws. */
export async function checkClusters(
  clusters: Clusters,
  settings: DescribedClusters,
): Promise<readonly ClusterProblem[]> {
  const entries = Object.entries(entriesOf(settings));
  const wrong = entries.flatMap(([context, entry]) =>
    'problems' in entry
      ? [{ context, detail: entry.problems.join('; '), next: 'Correct these fields in the settings file.' }]
      : [],
  );
  const asked = await Promise.all(entries.map(([context]) => ask(clusters, context)));
  const away = asked.flatMap((one) => ('problem' in one ? [one.problem] : []));
  return [...wrong, ...away, ...twins(asked.flatMap((one) => ('uid' in one ? [one] : [])))];
}

type Asked = { readonly context: string; readonly uid: string } | { readonly problem: ClusterProblem };

async function ask(clusters: Clusters, context: string): Promise<Asked> {
  try {
    return { context, uid: await readIdentity(clusters.client(context)) };
  } catch (error) {
    const { message, next } =
      error instanceof SluiceError ? error : new SluiceError('INTERNAL', String(error).slice(0, 300));
    const detail = `clusters.${context}: ${message} Releases to it are refused until it answers; the others work.`;
    return { problem: { context, detail, next } };
  }
}

function twins(known: readonly { readonly context: string; readonly uid: string }[]): readonly ClusterProblem[] {
  const groups = Object.values(Object.groupBy(known, ({ uid }) => uid)).flatMap((group) => (group ? [group] : []));
  return groups.flatMap((group) => {
    const [first, ...others] = group;
    if (!first || others.length === 0) return [];
    const paths = group.map(({ context }) => `clusters.${context}`).join(' and ');
    return [
      {
        context: first.context,
        detail: `${paths} describe one cluster (identity ${first.uid}). Releases to it are refused.`,
        next: 'Keep one of these entries: it serves every context of its cluster.',
      },
    ];
  });
}
