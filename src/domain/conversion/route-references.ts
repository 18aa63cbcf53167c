import { metaOf, recordsAt, textAt, type ApiObject } from '../cluster-objects/api-object.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Where an entry of an IngressRoute leads. */
export interface Destination {
  readonly kind: 'Service' | 'TraefikService';
  readonly name: string;
}

/** An entry in the `services` of one rule of an IngressRoute (traefik.io/v1alpha1). */
export interface RouteReference {
  /** The rule, as in "Host(`web.example`)". */
  readonly match: string;
  /** Its place, as a JSON pointer. */
  readonly pointer: string;
  readonly entry: Fields;
  /** The number of entries of the rule. */
  readonly among: number;
}

/** The entries of an IngressRoute that lead to an object of its own namespace. */
export function referencesTo(ingressRoute: ApiObject, { kind, name }: Destination): readonly RouteReference[] {
  const { namespace } = metaOf(ingressRoute);
  return recordsAt(ingressRoute, 'spec', 'routes').flatMap((rule, index) => {
    const entries = recordsAt(rule, 'services');
    return entries.flatMap((entry, place) => {
      const leads =
        entry['name'] === name &&
        (entry['kind'] ?? 'Service') === kind &&
        (entry['namespace'] ?? namespace) === namespace;
      if (!leads) return [];
      const pointer = `/spec/routes/${index}/services/${place}`;
      return [{ match: textAt(rule, 'match') ?? '', pointer, entry, among: entries.length }];
    });
  });
}

/** The fields of an entry that say how its pods are reached: port, scheme, nativeLB, sticky and others. */
export function connectionOf({ kind: _, name: __, namespace: ___, weight: ____, ...fields }: Fields): Fields {
  return fields;
}

/** The entry that leads to a weighted TraefikService instead. It has no port: the TraefikService has it. */
export function toTraefikService({ entry: { weight } }: RouteReference, name: string): Fields {
  return { name, kind: 'TraefikService', ...(weight === undefined ? {} : { weight }) };
}

/** The entry that leads to a Service again, with the connection that the TraefikService has for it. */
export function toService({ entry: { weight } }: RouteReference, name: string, connection: Fields): Fields {
  return { name, ...connection, ...(weight === undefined ? {} : { weight }) };
}
