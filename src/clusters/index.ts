import type { Clusters } from '../adapters/kubernetes/cluster-client.ts';
import type { ClusterSettings } from '../config/schema.ts';
import { SluiceError } from '../domain/errors.ts';
import type { Kinds } from '../domain/release/plan.ts';
import type { Ports } from '../ports/index.ts';
import type { ClusterIdentity, World, Worlds } from '../ports/world.ts';
import { Identities } from './identities.ts';
import { readIdentity } from './identity.ts';
import { settingsFor, type DescribedClusters } from './settings-for.ts';

export type { DescribedClusters } from './settings-for.ts';

export interface WorldParts {
  readonly clusters: Clusters;
  readonly settings: DescribedClusters;
  /** Creates the ports of one cluster from its settings. Errors: KIND_UNKNOWN. */
  readonly ports: (settings: ClusterSettings, kinds: Kinds) => Ports;
  /** The system of targets that are in no cluster. Undefined if these kinds are in a cluster. Errors: KIND_UNKNOWN. */
  readonly elsewhere?: (kinds: Kinds) => Elsewhere | undefined;
}

/** A system that is no cluster. */
export interface Elsewhere {
  /** As ClusterIdentity.uid. */
  readonly identity: () => Promise<string>;
  readonly ports: () => Ports;
}

/**
 * The worlds of the clusters that the kubeconfig names, and of what is in none. It connects only when a world is
 * requested.
 */
export function createWorlds({ clusters, settings, ports, elsewhere }: WorldParts): Worlds {
  const identities = new Identities(clusters);
  const worlds = new Map<string, World>();
  return {
    async of(context, expected, kinds = {}) {
      const outside = elsewhere?.(kinds);
      const uid = await (outside ? outside.identity() : readIdentity(clusters.client(context)));
      const cluster: ClusterIdentity = { context, uid };
      if (expected !== undefined && expected !== uid) throw mismatch(cluster, expected);
      // A context may lead to another cluster from one call to the next, so the identity is part of the key.
      const key = [uid, context, kinds.targetKind, kinds.split].join(' ');
      const made = async () =>
        outside?.ports() ??
        ports(await settingsFor({ context, uid: async () => uid }, settings, { clusters, identities }), kinds);
      const world = worlds.get(key) ?? { ...(await made()), cluster };
      worlds.set(key, world);
      return world;
    },
  };
}

function mismatch({ context, uid }: ClusterIdentity, expected: string): SluiceError {
  return new SluiceError(
    'CLUSTER_MISMATCH',
    `The release was started for the cluster with the identity ${expected}, under the name "${context}". Here "${context}" leads to the cluster with the identity ${uid}. Nothing was changed.`,
    { details: { cluster: context, expected, found: uid } },
  );
}
