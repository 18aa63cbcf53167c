import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { SluiceError } from '../../domain/errors.ts';
import type { IngressRouteFacts, RoutePlan, RouteView } from '../../ports/routes.ts';
import type { TrafficRef } from '../../ports/split.ts';
import type { ClusterClient } from '../../adapters/kubernetes/cluster-client.ts';
import { create, tryCreate } from '../../adapters/kubernetes/create-only.ts';
import { describe, FIELD_MANAGER } from '../../adapters/kubernetes/kinds.ts';
import type { ObjectRef } from '../../adapters/kubernetes/kinds.ts';
import { linksOf } from './route-links.ts';
import {
  IngressRoute,
  ingressManifest,
  ingressRefOf,
  newEntries,
  trafficManifest,
  trafficRefOf,
} from './route-objects.ts';
import type { Manifest } from './route-objects.ts';

interface Part {
  readonly ref: ObjectRef;
  readonly manifest: Manifest;
}

const Existing = z.looseObject({
  metadata: z.looseObject({ uid: z.string() }),
  spec: z.record(z.string(), z.unknown()),
});
type Existing = z.infer<typeof Existing>;

/** Creates the TraefikService first, because an IngressRoute without its destination answers with errors. */
export async function createRoute(client: ClusterClient, ref: TrafficRef, plan: RoutePlan): Promise<string[]> {
  const parts: Part[] = [
    { ref: trafficRefOf(ref), manifest: trafficManifest(ref, newEntries(plan)) },
    { ref: ingressRefOf(ref), manifest: ingressManifest(ref, plan) },
  ];
  const absent: Part[] = [];
  for (const part of parts) if (!(await existsExactly(client, part))) absent.push(part);
  for (const { ref, manifest } of absent) await tryCreate(client, ref, manifest);
  const made: ObjectRef[] = [];
  for (const { ref, manifest } of absent) {
    try {
      await create(client, ref, manifest);
      made.push(ref);
    } catch (error) {
      throw await undone(client, made, error);
    }
  }
  return made.map(describe);
}

/** Errors: ALREADY_EXISTS when there is a different object of this name. */
async function existsExactly(client: ClusterClient, { ref, manifest }: Part): Promise<boolean> {
  const object = await find(client, ref);
  if (!object) return false;
  if (isDeepStrictEqual(explicit(object.spec), explicit(manifest.spec))) return true;
  throw new SluiceError(
    'ALREADY_EXISTS',
    `There is another ${describe(ref)} already: ${JSON.stringify(object.spec).slice(0, 400)}.`,
    {
      next: 'Choose another route_name; change the weights of a route with traefik_update_route_weights, or delete it with traefik_delete_route.',
    },
  );
}

/** The spec with the defaults that Traefik assumes for absent fields. */
function explicit(spec: object): unknown {
  return JSON.parse(JSON.stringify(spec), (key, value: unknown) => {
    if (key === 'services' && Array.isArray(value)) return value.map((one: object) => ({ kind: 'Service', ...one }));
    if (key === 'routes' && Array.isArray(value)) return value.map((one: object) => ({ kind: 'Rule', ...one }));
    return value;
  });
}

async function find(client: ClusterClient, ref: ObjectRef): Promise<Existing | undefined> {
  try {
    return Existing.parse(await client.get(ref));
  } catch (error) {
    if (error instanceof SluiceError && error.code === ref.kind.missing) return undefined;
    throw error;
  }
}

/** Removes what was created. Returns the error to throw, which says so if the removal failed. */
async function undone(client: ClusterClient, [made]: readonly ObjectRef[], error: unknown): Promise<unknown> {
  if (!made || !(error instanceof SluiceError)) return error;
  const remaining = `${describe(made)} was made just before and is still there; the same call makes what is missing`;
  // The IngressRoute may have been created in spite of the error. It must not be left without its TraefikService.
  const unsure = error.code === 'CLUSTER_UNREACHABLE';
  const rest = unsure
    ? remaining
    : await takeBack(client, made).then(
        () => `${describe(made)}, made just before, was deleted again`,
        () => remaining,
      );
  return new SluiceError(error.code, `${error.message} ${rest}.`, {
    next: error.next,
    details: error.details,
    cause: error,
  });
}

async function takeBack(client: ClusterClient, ref: ObjectRef): Promise<void> {
  const object = await find(client, ref);
  if (object) await client.remove(ref, { uid: object.metadata.uid });
}

/** The list of services has one owner as a whole, so the complete list is applied, with changed weights only. */
export async function applyWeights(
  client: ClusterClient,
  view: RouteView,
  weights: readonly number[],
  takeOver: boolean,
): Promise<void> {
  const ref = trafficRefOf(view.ref);
  const entries = await rawEntries(client, view);
  const manifest = trafficManifest(
    view.ref,
    entries.map((entry, index) => ({ ...entry, weight: weights[index] })),
    view.resourceVersion,
  );
  try {
    await client.apply(ref, manifest, { fieldManager: FIELD_MANAGER, ...(takeOver && { force: true }) });
  } catch (error) {
    const foreign = foreignManagers(error);
    if (!foreign) throw error;
    if (foreign.length > 0)
      throw new SluiceError(
        'FIELD_CONFLICT',
        `${foreign.join(' and ')} manages the weights of ${describe(ref)}; nothing was written.`,
        { details: { managers: foreign }, cause: error },
      );
    await client.apply(ref, manifest, { fieldManager: FIELD_MANAGER, force: true });
  }
}

const Raw = z.object({
  metadata: z.object({ resourceVersion: z.string() }),
  spec: z.object({ weighted: z.object({ services: z.array(z.looseObject({ name: z.string() })) }) }),
});

async function rawEntries(client: ClusterClient, { ref, resourceVersion }: RouteView): Promise<readonly object[]> {
  const { metadata, spec } = Raw.parse(await client.get(trafficRefOf(ref)));
  if (metadata.resourceVersion === resourceVersion) return spec.weighted.services;
  throw new SluiceError(
    'CONFLICT',
    `TraefikService ${ref.namespace}/${ref.name} was changed by somebody else just now; nothing was written.`,
  );
}

/**
 * The other managers of the applied fields. Undefined for any other error. A patch by Sluice counts as another manager
 * than its apply, although both have the same name, so it is not foreign.
 */
function foreignManagers(error: unknown): readonly string[] | undefined {
  if (!(error instanceof SluiceError) || error.code !== 'FIELD_CONFLICT') return undefined;
  const managers = error.details['managers'];
  return Array.isArray(managers) ? managers.map(String).filter((name) => name !== FIELD_MANAGER) : undefined;
}

/** The IngressRoute with the route's name. Undefined when there is none. */
export async function findIngressRoute(client: ClusterClient, ref: TrafficRef): Promise<IngressRouteFacts | undefined> {
  const object = await find(client, ingressRefOf(ref));
  if (!object) return undefined;
  const ingress = IngressRoute.parse(object);
  const { uid, resourceVersion } = ingress.metadata;
  return { ref, uid, resourceVersion, links: linksOf(ingress) };
}
