import { z } from 'zod';
import type { TrafficRef } from '../../ports/split.ts';
import type { ClusterClient } from '../../adapters/kubernetes/cluster-client.ts';
import { FIELD_MANAGER, INGRESS_ROUTE, TRAEFIK_SERVICE } from '../../adapters/kubernetes/kinds.ts';
import type { ObjectRef } from '../../adapters/kubernetes/kinds.ts';
import { ingressRef, listIngressRoutes, type IngressRoute } from './ingress-routes.ts';
import { mirrorRef, readMirrorObject } from './mirror-object.ts';
import { mirrorRules, split } from './mirror-rules.ts';

/** Marks the objects that copy the reads of a weighted TraefikService, with its name. */
const COPIES_OF = 'sluice.dev/copies-of';

const Marked = z.object({
  metadata: z.object({ uid: z.string(), annotations: z.record(z.string(), z.string()).optional() }),
});

/** An IngressRoute of its own: those of users belong to whoever applies them, and would be put back. */
export interface CopyRoute {
  readonly ref: ObjectRef;
  readonly manifest: object;
  /** As Traefik gets it. */
  readonly object: IngressRoute;
}

/** One for each IngressRoute that leads to the route, with the same entry points, middlewares and TLS. */
export function copyRoutes(ingressRoutes: readonly IngressRoute[], ref: TrafficRef): readonly CopyRoute[] {
  return ingressRoutes
    .filter((object) => split(object, ref).leading.length > 0)
    .map((object) => {
      const name = `${object.metadata.name}-copies`;
      const manifest = {
        apiVersion: `${INGRESS_ROUTE.group}/${INGRESS_ROUTE.version}`,
        kind: INGRESS_ROUTE.name,
        metadata: { name, namespace: ref.namespace, annotations: { [COPIES_OF]: ref.name } },
        spec: { ...object.spec, routes: mirrorRules(object, ref, 'safe') },
      };
      const metadata = { ...manifest.metadata, resourceVersion: '' };
      return {
        ref: { kind: INGRESS_ROUTE, namespace: ref.namespace, name },
        manifest,
        object: { metadata, spec: manifest.spec } as unknown as IngressRoute,
      };
    });
}

function isCopyRoute(object: IngressRoute, ref: TrafficRef): boolean {
  return (object.metadata['annotations'] as Record<string, string> | undefined)?.[COPIES_OF] === ref.name;
}

export async function applyCopyRoute(client: ClusterClient, { ref, manifest }: CopyRoute): Promise<void> {
  await client.apply(ref, manifest, { fieldManager: FIELD_MANAGER });
}

/** The IngressRoutes that copy, and nothing else. */
export async function removeCopyRoutes(client: ClusterClient, ref: TrafficRef): Promise<void> {
  const own = (await listIngressRoutes(client, ref.namespace)).filter((object) => isCopyRoute(object, ref));
  await Promise.all(own.map((object) => client.remove(ingressRef(object), { uid: Marked.parse(object).metadata.uid })));
}

/** The mirror of the route, as `mirrorSpec` gives it. */
export async function applyCopyService(client: ClusterClient, ref: TrafficRef, spec: object): Promise<void> {
  const { name, namespace } = mirrorRef(ref);
  const manifest = {
    apiVersion: `${TRAEFIK_SERVICE.group}/${TRAEFIK_SERVICE.version}`,
    kind: TRAEFIK_SERVICE.name,
    metadata: { name, namespace, annotations: { [COPIES_OF]: ref.name } },
    spec,
  };
  await client.apply(mirrorRef(ref), manifest, { fieldManager: FIELD_MANAGER });
}

/** Whether the route has a mirror, and whether it is one of these copies. */
export async function mirrorOf(client: ClusterClient, ref: TrafficRef): Promise<'none' | 'copies' | 'other'> {
  if (!(await readMirrorObject(client, ref))) return 'none';
  const { annotations } = Marked.parse(await client.get(mirrorRef(ref))).metadata;
  return annotations?.[COPIES_OF] === ref.name ? 'copies' : 'other';
}

export async function removeCopyService(client: ClusterClient, ref: TrafficRef): Promise<void> {
  const { uid } = Marked.parse(await client.get(mirrorRef(ref))).metadata;
  await client.remove(mirrorRef(ref), { uid });
}
