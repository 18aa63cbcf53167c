import { apiVersionOf, type ApiKind } from '../../domain/cluster-objects/api-kind.ts';
import { isRecord, metaOf, type ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { actingAs } from '../../ports/acting-account.ts';
import type { ClusterObjectsPort, ObjectAt } from '../../ports/cluster-objects.ts';
import type { Clusters } from '../kubernetes/cluster-client.ts';
import { ownerOf } from '../kubernetes/owner-mark.ts';
import { discover } from './discovery.ts';
import { kindOf } from './kind-of.ts';
import { followLog, readLog } from './logs.ts';
import { page, table } from './pages.ts';
import { readSchemas } from './schemas.ts';
import { untilSettled } from './until-settled.ts';
import { writeObject } from './write-object.ts';

/** Kinds change when somebody installs a CRD, so they are asked for again after this time. */
const FRESH_MS = 30_000;
/** Most workloads have their pods within this time. A caller gets an answer before its own limit of time. */
const SETTLE_MS = 10_000;

export interface ClusterObjectsOptions {
  readonly now?: () => number;
  /** Maximum time that `readSettled` waits. */
  readonly settleMs?: number;
}

/** ClusterObjectsPort on the Kubernetes API. */
export function createClusterObjects(clusters: Clusters, options: ClusterObjectsOptions = {}): ClusterObjectsPort {
  const { now = Date.now, settleMs = SETTLE_MS } = options;
  const known = new Map<string, { readonly at: number; readonly kinds: Promise<readonly ApiKind[]> }>();
  return {
    kinds(cluster, fresh = false) {
      const last = known.get(cluster);
      if (!fresh && last && now() - last.at < FRESH_MS) return last.kinds;
      // The answer is for every caller, and every account may read it.
      const kinds = actingAs(undefined, () => discover(clusters.client(cluster)));
      known.set(cluster, { at: now(), kinds });
      // The next call asks again. The error goes to the caller of this one.
      kinds.catch(() => known.delete(cluster));
      return kinds;
    },
    table: async (from, query) => table(clusters.client(from.cluster), from, query),
    page: async (from, query) => page(clusters.client(from.cluster), from, query),
    read: (at) => readObject(clusters, at),
    readSettled: (at, isSettled, signal) =>
      untilSettled(() => readObject(clusters, at), isSettled, { signal, withinMs: settleMs }),
    log: async (query) => readLog(clusters.client(query.cluster), query),
    followLog: async (query, signal) => followLog(clusters.client(query.cluster), query, signal),
    allowed: async (cluster, { namespace, ...right }) =>
      clusters.client(cluster).allowed({ ...right, ...(namespace !== undefined && { namespace }) }),
    write: async (at, before, write, dryRun) => writeObject(clusters.client(at.cluster), at, { before, write, dryRun }),
    releaseOwner: async (object) => ownerOf(metaOf(object).annotations),
    schemas: async (cluster, kind) => readSchemas(clusters.client(cluster), kind),
  };
}

async function readObject(clusters: Clusters, { cluster, kind, namespace, name }: ObjectAt): Promise<ApiObject> {
  const ref = { kind: kindOf(kind), name, ...(namespace !== undefined && { namespace }) };
  const object = await clusters.client(cluster).get(ref);
  return { apiVersion: apiVersionOf(kind), kind: kind.kind, ...(isRecord(object) ? object : {}) };
}
