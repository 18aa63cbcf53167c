import { apiVersionOf, type ApiKind } from '../../domain/cluster-objects/api-kind.ts';
import { isRecord, metaOf } from '../../domain/cluster-objects/api-object.ts';
import type { ClusterObjectsPort } from '../../ports/cluster-objects.ts';
import type { Clusters } from '../kubernetes/cluster-client.ts';
import { ownerOf } from '../kubernetes/owner-mark.ts';
import { discover } from './discovery.ts';
import { kindOf } from './kind-of.ts';
import { readLog } from './logs.ts';
import { page, table } from './pages.ts';
import { readSchemas } from './schemas.ts';
import { writeObject } from './write-object.ts';

/** Kinds change when somebody installs a CRD, so they are asked for again after this time. */
const FRESH_MS = 30_000;

/** ClusterObjectsPort on the Kubernetes API. */
export function createClusterObjects(clusters: Clusters, now: () => number = Date.now): ClusterObjectsPort {
  const known = new Map<string, { readonly at: number; readonly kinds: Promise<readonly ApiKind[]> }>();
  return {
    kinds(cluster, fresh = false) {
      const last = known.get(cluster);
      if (!fresh && last && now() - last.at < FRESH_MS) return last.kinds;
      const kinds = discover(clusters.client(cluster));
      known.set(cluster, { at: now(), kinds });
      // The next call asks again. The error goes to the caller of this one.
      kinds.catch(() => known.delete(cluster));
      return kinds;
    },
    table: async (from, query) => table(clusters.client(from.cluster), from, query),
    page: async (from, query) => page(clusters.client(from.cluster), from, query),
    async read({ cluster, kind, namespace, name }) {
      const ref = { kind: kindOf(kind), name, ...(namespace !== undefined && { namespace }) };
      const object = await clusters.client(cluster).get(ref);
      return { apiVersion: apiVersionOf(kind), kind: kind.kind, ...(isRecord(object) ? object : {}) };
    },
    log: async (query) => readLog(clusters.client(query.cluster), query),
    allowed: async (cluster, { namespace, ...right }) =>
      clusters.client(cluster).allowed({ ...right, ...(namespace !== undefined && { namespace }) }),
    write: async (at, before, write, dryRun) => writeObject(clusters.client(at.cluster), at, { before, write, dryRun }),
    releaseOwner: async (object) => ownerOf(metaOf(object).annotations),
    schemas: async (cluster, kind) => readSchemas(clusters.client(cluster), kind),
  };
}
