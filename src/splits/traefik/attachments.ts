import { z } from 'zod';
import type { MiddlewarePlace } from '../../ports/middlewares.ts';
import type { TrafficRef } from '../../ports/split.ts';
import type { PatchOperation } from '../../adapters/kubernetes/cluster-client.ts';
import { TRAEFIK_SERVICE } from '../../adapters/kubernetes/kinds.ts';
import type { ObjectRef } from '../../adapters/kubernetes/kinds.ts';
import type { IngressRoute } from './ingress-routes.ts';
import { ingressRef, leadsTo } from './ingress-routes.ts';

const Named = z.looseObject({ name: z.string(), namespace: z.string().optional() });
const Entry = z.looseObject({
  name: z.string(),
  kind: z.string().default('Service'),
  namespace: z.string().optional(),
  port: z.union([z.number(), z.string()]).optional(),
  middlewares: z.array(Named).optional(),
});

/** A TraefikService with the middlewares of its entries (Traefik 3.7). */
export const AttachableService = z.looseObject({
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string(),
    resourceVersion: z.string(),
    annotations: z.record(z.string(), z.string()).optional(),
  }),
  spec: z.looseObject({
    weighted: z.looseObject({ services: z.array(Entry).default([]) }).optional(),
    mirroring: Entry.extend({ mirrors: z.array(Entry).default([]) }).optional(),
  }),
});
export type AttachableService = z.infer<typeof AttachableService>;

/** A list of middlewares inside an object. */
export interface Slot {
  /** JSON pointer of the object that contains `middlewares`. */
  readonly pointer: string;
  readonly what: string;
  readonly names: readonly string[] | undefined;
  /** A test operation: the object at the pointer must still be the intended one. */
  readonly guard: PatchOperation;
}

/** An object with the slots for a middleware. */
export interface Holder {
  readonly ref: ObjectRef;
  readonly object: unknown;
  /** Path of the list in it. A single field manager owns the whole list. */
  readonly path: readonly string[];
  readonly resourceVersion: string;
  readonly slots: readonly Slot[];
}

/** The slots for `place` in the TraefikService, or in an IngressRoute that leads to it. */
export function slotsOf(object: AttachableService | IngressRoute, place: MiddlewarePlace, ref: TrafficRef): Holder {
  const { resourceVersion } = object.metadata;
  if (place.on === 'service')
    return {
      ref: { kind: TRAEFIK_SERVICE, namespace: ref.namespace, name: ref.name },
      object,
      path: ['spec', 'weighted', 'services'],
      resourceVersion,
      slots: serviceSlots(object, place.service),
    };
  return {
    ref: ingressRef(object as IngressRoute),
    object,
    path: ['spec', 'routes'],
    resourceVersion,
    slots: ruleSlots(object as IngressRoute, ref),
  };
}

function serviceSlots({ spec }: AttachableService, service: string): Slot[] {
  return (spec.weighted?.services ?? []).flatMap(({ name, middlewares }, index) => {
    const pointer = `/spec/weighted/services/${index}`;
    if (name !== service) return [];
    return [
      {
        pointer,
        what: `Service ${name}`,
        names: middlewares?.map((one) => one.name),
        guard: { op: 'test', path: `${pointer}/name`, value: name },
      },
    ];
  });
}

function ruleSlots(object: IngressRoute, ref: TrafficRef): Slot[] {
  return object.spec.routes.flatMap((route, index) => {
    const pointer = `/spec/routes/${index}`;
    if (!leadsTo(object, route, ref)) return [];
    const what = `IngressRoute ${object.metadata.name} rule ${index + 1}`;
    return [
      {
        pointer,
        what,
        names: route.middlewares?.map(({ name }) => name),
        guard: { op: 'test', path: `${pointer}/match`, value: route.match },
      },
    ];
  });
}

/** Operations that append the middleware to each slot that does not have it. */
export function attachOperations(slots: readonly Slot[], middleware: string): PatchOperation[] {
  return slots
    .filter(({ names }) => !names?.includes(middleware))
    .flatMap(({ pointer, names, guard }) => [
      guard,
      names
        ? { op: 'add' as const, path: `${pointer}/middlewares/-`, value: { name: middleware } }
        : { op: 'add' as const, path: `${pointer}/middlewares`, value: [{ name: middleware }] },
    ]);
}

/** Operations that remove it from each slot that has it. */
export function detachOperations(slots: readonly Slot[], middleware: string): PatchOperation[] {
  return slots
    .filter(({ names }) => names?.includes(middleware))
    .flatMap(({ pointer, names = [], guard }) => [
      guard,
      names.length === 1
        ? { op: 'remove' as const, path: `${pointer}/middlewares` }
        : { op: 'remove' as const, path: `${pointer}/middlewares/${names.indexOf(middleware)}` },
    ]);
}

/** Every place around the route that has the middleware. */
export function attachedTo(
  middleware: string,
  ref: TrafficRef,
  seen: { readonly service: AttachableService; readonly ingressRoutes: readonly IngressRoute[] },
): readonly string[] {
  const entries = (seen.service.spec.weighted?.services ?? []).filter(({ middlewares }) =>
    middlewares?.some(({ name }) => name === middleware),
  );
  const rules = seen.ingressRoutes
    .flatMap((object) => ruleSlots(object, ref))
    .filter(({ names }) => names?.includes(middleware));
  return [...entries.map(({ name }) => `Service ${name}`), ...rules.map(({ what }) => what)];
}
