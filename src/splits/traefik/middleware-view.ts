import { z } from 'zod';
import { SluiceError } from '../../domain/errors.ts';
import type { MiddlewareView } from '../../ports/middlewares.ts';
import type { TrafficRef } from '../../ports/split.ts';
import type { ClusterClient } from '../../adapters/kubernetes/cluster-client.ts';
import { plainLine } from '../../adapters/kubernetes/text.ts';
import { AttachableService, attachedTo } from './attachments.ts';
import { listIngressRoutes } from './ingress-routes.ts';
import { middlewareRef, readMiddleware } from './middleware-object.ts';
import { statusOn } from './middleware-status.ts';
import type { Replica } from './replicas.ts';
import { refOf } from './traefik-service.ts';

/** The context of a call: the cluster, the route, and the replicas at its beginning. */
export interface World {
  readonly client: ClusterClient;
  readonly ref: TrafficRef;
  readonly replicas: readonly Replica[];
}

export async function readAttachable(client: ClusterClient, ref: TrafficRef): Promise<AttachableService> {
  const parsed = AttachableService.safeParse(await client.get(refOf(ref)));
  if (parsed.success) return parsed.data;
  throw new SluiceError(
    'INTERNAL',
    `TraefikService ${ref.namespace}/${ref.name} has an unexpected form: ${plainLine(z.prettifyError(parsed.error))}`,
  );
}

/** The middleware as the API server and every replica have it now. */
export async function viewOf({ client, ref, replicas }: World, name: string): Promise<MiddlewareView> {
  const [service, ingressRoutes, object] = await Promise.all([
    readAttachable(client, ref),
    listIngressRoutes(client, ref.namespace),
    readMiddleware(client, middlewareRef(ref.namespace, name)),
  ]);
  const written = { service, ingressRoutes, spec: object?.spec };
  return {
    ref,
    name,
    ...(object && { spec: object.spec }),
    attachedTo: attachedTo(name, ref, written),
    replicas: await Promise.all(replicas.map((replica) => statusOn(replica, ref, name, written))),
  };
}
