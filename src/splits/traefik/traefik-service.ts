import { z } from 'zod';
import { SluiceError } from '../../domain/errors.ts';
import { countedName, type WeightedPlace } from '../../domain/route/names.ts';
import type { ArmServices, TrafficRef, TrafficView } from '../../ports/split.ts';
import type { ClusterClient } from '../../adapters/kubernetes/cluster-client.ts';
import { TRAEFIK_SERVICE } from '../../adapters/kubernetes/kinds.ts';
import type { ObjectRef } from '../../adapters/kubernetes/kinds.ts';
import { ownerOf } from '../../adapters/kubernetes/owner-mark.ts';
import { plainLine } from '../../adapters/kubernetes/text.ts';
import { lastWriter } from './field-owners.ts';
import { TraefikService } from './schema.ts';
import type { WeightedEntry } from './schema.ts';

export function refOf(ref: TrafficRef): ObjectRef {
  return { kind: TRAEFIK_SERVICE, namespace: ref.namespace, name: ref.name };
}

export async function readTraefikService(client: ClusterClient, ref: TrafficRef): Promise<TraefikService> {
  const parsed = TraefikService.safeParse(await client.get(refOf(ref)));
  if (parsed.success) return parsed.data;
  const message = `TraefikService ${ref.namespace}/${ref.name} has an unexpected form: ${plainLine(z.prettifyError(parsed.error))}`;
  throw new SluiceError('INTERNAL', message, { cause: parsed.error });
}

export function entriesOf(object: TraefikService): readonly WeightedEntry[] {
  return object.spec.weighted?.services ?? [];
}

/** The weight that Traefik uses for an entry. */
export const shareOf = ({ weight = 1 }: WeightedEntry): number => weight;

export function toView(ref: TrafficRef, object: TraefikService): TrafficView {
  const owner = ownerOf(object.metadata.annotations);
  const writer = lastWriter(object, ['spec', 'weighted', 'services']);
  return {
    ref,
    resourceVersion: object.metadata.resourceVersion,
    weights: entriesOf(object).map((entry, index) => {
      const place = placeOf(ref, entry, index);
      const metricsService = countedName(place, 'flat');
      return { service: entry.name, weight: shareOf(entry), port: String(place.port), metricsService, place };
    }),
    sticky: Boolean(object.spec.weighted?.sticky),
    ...(owner && { owner }),
    ...(writer && { writer }),
  };
}

export function placeOf(
  { namespace, name }: Pick<TrafficRef, 'namespace' | 'name'>,
  entry: WeightedEntry,
  index: number,
): WeightedPlace {
  const port = entry.port ?? '';
  return { namespace, route: name, index, service: entry.name, serviceNamespace: entry.namespace ?? namespace, port };
}

export interface Arm {
  readonly index: number;
  readonly entry: WeightedEntry;
}

/** The entries of both Services, found by name alone, as Argo does. Errors: TRAFFIC_SERVICE_NOT_FOUND. */
export function findArms(
  ref: TrafficRef,
  object: TraefikService,
  arms: ArmServices,
): { readonly stable: Arm; readonly candidate: Arm } {
  return { stable: findArm(ref, object, arms.stable), candidate: findArm(ref, object, arms.candidate) };
}

function findArm(ref: TrafficRef, object: TraefikService, service: string): Arm {
  const found = entriesOf(object).flatMap((entry, index) => (entry.name === service ? [{ entry, index }] : []));
  const [arm] = found;
  if (arm && found.length === 1) return arm;
  const names = entriesOf(object).map(({ name }) => name);
  const problem = arm
    ? `names Service "${service}" ${found.length} times`
    : `has no weight for Service "${service}"; it has ${plainLine(names.join(', ')) || 'none'}`;
  throw new SluiceError('TRAFFIC_SERVICE_NOT_FOUND', `TraefikService ${ref.namespace}/${ref.name} ${problem}.`);
}

/** True when both Services have a weight there. */
export function holdsArms(object: TraefikService, arms: ArmServices): boolean {
  const names = entriesOf(object)
    .filter(
      (entry) =>
        entry.kind === 'Service' && (entry.namespace ?? object.metadata.namespace) === object.metadata.namespace,
    )
    .map(({ name }) => name);
  return names.includes(arms.stable) && names.includes(arms.candidate);
}
