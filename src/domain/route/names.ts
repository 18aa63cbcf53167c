/** Ending of the names of everything that Traefik's provider for Kubernetes objects has made. */
export const CRD_PROVIDER = '@kubernetescrd';

/**
 * Traefik's name for an object of the CRD provider (with `safeNaming` false, its default): letters and digits, all else
 * a hyphen. Source: traefik v3.7, pkg/provider/kubernetes/crd/name_builder.go.
 */
export function traefikName(...parts: readonly (string | number)[]): string {
  return parts
    .join('-')
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean)
    .join('-');
}

/** Label `service` of Traefik's counters of one Service: `<namespace>-<service>-<port>@kubernetescrd`. */
export function metricsServiceName(namespace: string, service: string, port: string): string {
  return `${namespace}-${service}-${port}${CRD_PROVIDER}`;
}
