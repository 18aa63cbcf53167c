import type { Clusters } from '../adapters/kubernetes/cluster-client.ts';
import { givenAddresses, shortForm } from '../config/clusters.ts';
import { type ClusterEntries, type ClusterEntry, type ClusterSettings, type Settings } from '../config/schema.ts';
import { SluiceError } from '../domain/errors.ts';
import type { ClusterIdentity } from '../ports/world.ts';
import type { Identities } from './identities.ts';

/** The settings that describe clusters. */
export type DescribedClusters = ClusterSettings & Pick<Settings, 'clusters' | 'cluster'>;

/** Every entry by its context: the section `clusters`, and the short form if SLUICE_CLUSTER names its context. */
export function entriesOf(settings: DescribedClusters): ClusterEntries {
  const { clusters, cluster } = settings;
  return cluster === undefined ? clusters : { ...clusters, [cluster]: { settings: shortForm(settings) } };
}

/**
 * The settings of one cluster. An entry applies to the context that it names, and to every other context of the same
 * cluster. Settings that name no cluster apply to a cluster only if the kubeconfig leads to no other: the current
 * context is no evidence, because it can change independently of these settings. Errors: CLUSTER_UNCONFIGURED,
 * CONFIG_INVALID (the entry has problems, or another entry describes the same cluster).
 */
export async function settingsFor(
  { context: asked, uid }: { readonly context: string; readonly uid: () => Promise<string> },
  settings: DescribedClusters,
  { clusters, identities }: { readonly clusters: Clusters; readonly identities: Identities },
): Promise<ClusterSettings> {
  const entries = entriesOf(settings);
  const named = Object.keys(entries);
  if (named.length === 0) return unnamed(asked, settings, clusters);
  const identity = { context: asked, uid: await uid() };
  const known = await identities.of(named.filter((context) => context !== asked));
  const same = named.filter((context) => context === asked || known.get(context) === identity.uid);
  if (same.length > 1) throw twice(same, identity);
  const [context] = same;
  if (context === undefined) throw undescribed(identity, named);
  return sound(entries[context] as ClusterEntry);
}

function unnamed(context: string, settings: DescribedClusters, clusters: Clusters): ClusterSettings {
  const found = shortForm(settings);
  const servers = new Set(clusters.contexts().map((name) => clusters.server(name)));
  const given = givenAddresses(found);
  if (servers.size <= 1 || given.length === 0) return found;
  throw new SluiceError(
    'CLUSTER_UNCONFIGURED',
    `The kubeconfig leads to ${servers.size} clusters, and ${given.join(' and ')} do not say which of them they describe. So it is not known whether they belong to "${context}".`,
    {
      next: `If they describe this cluster, set SLUICE_CLUSTER=${context}. For more than one cluster, make an entry for each in the section clusters of the settings file (docs/clusters.md).`,
      details: { cluster: context, settings: given },
    },
  );
}

function undescribed({ context, uid }: ClusterIdentity, named: readonly string[]): SluiceError {
  return new SluiceError(
    'CLUSTER_UNCONFIGURED',
    `The settings describe the clusters ${named.join(', ')}. None of them is known to be "${context}" (identity ${uid}).`,
    {
      next: `Make an entry clusters.${context} in the settings file, with its prometheus_url (docs/clusters.md).`,
      details: { cluster: context, identity: uid, described: named },
    },
  );
}

function twice(contexts: readonly string[], { uid }: ClusterIdentity): SluiceError {
  const paths = contexts.map((context) => `clusters.${context}`);
  return new SluiceError('CONFIG_INVALID', `${paths.join(' and ')} describe one cluster (identity ${uid}).`, {
    next: 'Keep one of these entries: it serves every context of its cluster.',
    details: { problems: paths },
  });
}

/** Returns the entry if it has no problems. Errors: CONFIG_INVALID with every problem of the entry. */
function sound(entry: ClusterEntry): ClusterSettings {
  if ('settings' in entry) return entry.settings;
  throw new SluiceError('CONFIG_INVALID', entry.problems.join('\n'), { details: { problems: entry.problems } });
}
