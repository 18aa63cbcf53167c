import { POD_HASH_LABEL } from '../../domain/rollout.ts';
import { z } from 'zod';
import type { ServiceFacts } from '../../ports/routes.ts';
import type { TrafficRef } from '../../ports/split.ts';
import type { ClusterClient } from '../../adapters/kubernetes/cluster-client.ts';
import { ENDPOINT_SLICE, SERVICE } from '../../adapters/kubernetes/kinds.ts';

const SERVICE_LABEL = 'kubernetes.io/service-name';

const Service = z.object({
  spec: z.object({
    ports: z.array(z.object({ name: z.string().optional(), port: z.number() })).default([]),
    selector: z.record(z.string(), z.string()).optional(),
  }),
});

/** An endpoint without `ready` counts as ready. Source: k8s.io/api, discovery/v1/types.go (EndpointConditions). */
const EndpointSlice = z.object({
  endpoints: z
    .array(z.object({ conditions: z.object({ ready: z.boolean().nullish() }).optional() }))
    .nullish()
    .transform((list) => list ?? []),
});

/** Errors: SERVICE_NOT_FOUND and those of the client. */
export async function readService(client: ClusterClient, { namespace, name }: TrafficRef): Promise<ServiceFacts> {
  const [object, slices] = await Promise.all([
    client.get({ kind: SERVICE, namespace, name }),
    client.list(ENDPOINT_SLICE, namespace, `${SERVICE_LABEL}=${name}`),
  ]);
  const { spec } = Service.parse(object);
  const hash = spec.selector?.[POD_HASH_LABEL];
  const endpoints = slices.flatMap((slice) => EndpointSlice.parse(slice).endpoints);
  return {
    name,
    ports: spec.ports.map(({ name: label, port }) => ({ ...(label !== undefined && { name: label }), port })),
    ...(hash !== undefined && { hash }),
    ready: endpoints.filter(({ conditions }) => conditions?.ready !== false).length,
  };
}
