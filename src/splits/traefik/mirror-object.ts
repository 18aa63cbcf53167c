import { z } from 'zod';
import { SluiceError } from '../../domain/errors.ts';
import type { DesiredMirror } from '../../ports/middlewares.ts';
import type { TrafficRef } from '../../ports/split.ts';
import type { ClusterClient } from '../../adapters/kubernetes/cluster-client.ts';
import { FIELD_MANAGER, TRAEFIK_SERVICE } from '../../adapters/kubernetes/kinds.ts';
import type { ObjectRef } from '../../adapters/kubernetes/kinds.ts';
import { plainLine } from '../../adapters/kubernetes/text.ts';
import type { AttachableService } from './attachments.ts';
import { mirrorName } from './ingress-routes.ts';
import { readService } from './route-service.ts';

const Mirror = z.object({
  metadata: z.object({ uid: z.string(), resourceVersion: z.string() }),
  spec: z.looseObject({
    mirroring: z
      .looseObject({
        maxBodySize: z.number().optional(),
        mirrors: z.array(z.looseObject({ name: z.string(), percent: z.number().default(0) })).default([]),
      })
      .optional(),
  }),
});
export type MirrorObject = z.infer<typeof Mirror>;

export function mirrorRef(ref: TrafficRef): ObjectRef {
  return { kind: TRAEFIK_SERVICE, namespace: ref.namespace, name: mirrorName(ref.name) };
}

export async function readMirrorObject(client: ClusterClient, ref: TrafficRef): Promise<MirrorObject | undefined> {
  try {
    return Mirror.parse(await client.get(mirrorRef(ref)));
  } catch (error) {
    if (error instanceof SluiceError && error.code === 'TRAFFIC_SERVICE_NOT_FOUND') return undefined;
    throw error;
  }
}

/** Errors: ALREADY_EXISTS when a TraefikService of that name has another form. */
export function refuseOtherForm(ref: TrafficRef, object: MirrorObject | undefined): void {
  if (!object || object.spec.mirroring) return;
  throw new SluiceError(
    'ALREADY_EXISTS',
    `TraefikService ${ref.namespace}/${mirrorName(ref.name)} exists and does not mirror; it was left as it is.`,
  );
}

/** Server-side apply with a test of the version that was read. Errors: FIELD_CONFLICT, MANIFEST_REFUSED, CONFLICT. */
export async function applyMirror(
  client: ClusterClient,
  ref: TrafficRef,
  write: { spec: object; read: MirrorObject | undefined; force: boolean; dryRun: boolean },
): Promise<Pick<MirrorObject, 'spec'>> {
  const metadata = {
    name: mirrorName(ref.name),
    namespace: ref.namespace,
    ...(write.read && { resourceVersion: write.read.metadata.resourceVersion }),
  };
  const manifest = {
    apiVersion: `${TRAEFIK_SERVICE.group}/${TRAEFIK_SERVICE.version}`,
    kind: TRAEFIK_SERVICE.name,
    metadata,
    spec: write.spec,
  };
  // In a dry run a new object has no resourceVersion.
  return Mirror.pick({ spec: true }).parse(
    await client.apply(mirrorRef(ref), manifest, {
      fieldManager: FIELD_MANAGER,
      force: write.force,
      dryRun: write.dryRun,
    }),
  );
}

/**
 * The spec that mirrors a whole route, or a text with the reason why it is impossible. Errors: SERVICE_NOT_FOUND,
 * INVALID_INPUT.
 */
export async function mirrorSpec(
  client: ClusterClient,
  ref: TrafficRef,
  route: AttachableService,
  desired: DesiredMirror,
): Promise<{ readonly mirroring: object } | string> {
  const service = await readService(client, { cluster: ref.cluster, namespace: ref.namespace, name: desired.service });
  if (service.ready === 0)
    return `Service ${desired.service} has no ready endpoints, so the mirror would only make errors`;
  const entries = route.spec.weighted?.services ?? [];
  const arm = entries.find(({ name }) => name === desired.service);
  const maxBodySize = desired.maxBodySize === undefined ? {} : { maxBodySize: desired.maxBodySize };
  // Traefik may merge two references to one Service by name, so both must have the same content.
  const { weight: _, ...like } = arm ?? {
    name: desired.service,
    kind: 'Service',
    port: portOf(service.ports, desired),
    ...(entries.every((entry) => entry['nativeLB'] === true) && { nativeLB: true }),
  };
  return {
    mirroring: {
      kind: 'TraefikService',
      name: ref.name,
      ...maxBodySize,
      mirrors: [{ ...like, percent: desired.percent }],
    },
  };
}

function portOf(
  ports: readonly { readonly name?: string; readonly port: number }[],
  desired: DesiredMirror,
): number | string {
  const known = ports.map(({ name, port }) => [String(port), ...(name === undefined ? [] : [name])]);
  const [only] = ports;
  if (desired.port === undefined && only && ports.length === 1) return only.port;
  if (desired.port !== undefined && known.flat().includes(desired.port))
    return /^\d+$/.test(desired.port) ? Number(desired.port) : desired.port;
  throw new SluiceError(
    'INVALID_INPUT',
    `mirror_port: Service ${desired.service} has the ports ${plainLine(known.map((names) => names.join(' or ')).join(', '))}; name one of them`,
  );
}
