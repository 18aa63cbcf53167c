/** Suffix of the names of all objects of Traefik's provider for Kubernetes resources. */
export const CRD_PROVIDER = '@kubernetescrd';

/**
 * Traefik's name for an object of the CRD provider with `safeNaming` false, which is its default. All characters except
 * letters and digits become a hyphen. Source: traefik v3.7, pkg/provider/kubernetes/crd/name_builder.go.
 */
export function traefikName(...parts: readonly (string | number)[]): string {
  return parts
    .join('-')
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
    .join('-');
}

/** A Service in the list of a weighted TraefikService. */
export interface WeightedPlace {
  /** Namespace and name of the TraefikService, and the index of the Service in its list, from 0. */
  readonly namespace: string;
  readonly route: string;
  readonly index: number;
  readonly service: string;
  readonly serviceNamespace?: string | undefined;
  /** As written, a number or a name. Empty when absent. */
  readonly port: string | number;
}

/** The two ways in which Traefik builds names. `flat` is its default, `safe` is providers.kubernetesCRD.safeNaming. */
export const NAMINGS = ['flat', 'safe'] as const;
export type Naming = (typeof NAMINGS)[number];

/** Traefik's name of a TraefikService, without the provider. */
export function weightedName({ namespace, route }: Pick<WeightedPlace, 'namespace' | 'route'>, naming: Naming): string {
  return naming === 'flat' ? traefikName(namespace, route) : `${namespace}_${route}`;
}

/** Traefik's name of one Service of a weighted TraefikService, without the provider. Source: as above. */
export function childName(place: WeightedPlace, naming: Naming): string {
  const { namespace, route, index, service, serviceNamespace = namespace, port } = place;
  return naming === 'flat'
    ? traefikName(serviceNamespace, service, port)
    : `${namespace}_${route}_wrr_${index}_${serviceNamespace}_${service}_${port}`;
}

/**
 * Label `service` of the counters of one Service with Traefik's default naming, for any TraefikService that contains
 * it.
 */
export function metricsServiceName(namespace: string, service: string, port: string | number): string {
  return `${traefikName(namespace, service, port)}${CRD_PROVIDER}`;
}

/** Label `service` of the counters of one Service of a weighted TraefikService. */
export function countedName(place: WeightedPlace, naming: Naming): string {
  return `${childName(place, naming)}${CRD_PROVIDER}`;
}

/**
 * The counters under the first of Traefik's two names that has any, with the naming that matched. Errors: those of
 * `read`.
 */
export async function readCounted<C extends { readonly requests: readonly unknown[] }>(
  place: WeightedPlace,
  read: (metricsService: string) => Promise<C>,
): Promise<{ readonly counters: C; readonly naming: Naming }> {
  const counters = await read(countedName(place, 'flat'));
  if (counters.requests.length > 0) return { counters, naming: 'flat' };
  const safe = await read(countedName(place, 'safe'));
  return safe.requests.length > 0 ? { counters: safe, naming: 'safe' } : { counters, naming: 'flat' };
}
