import { finding, objectsFinding, type DoctorChecks, type Finding } from '../../commands/doctor-check.ts';
import type { RoutesPort } from '../../ports/routes.ts';
import { plural } from '../../domain/plural.ts';

/**
 * One list request checks three things: the resource definition, the right to read, and whether there is a
 * TraefikService.
 */
export const checks: DoctorChecks = {
  ofCluster: [
    ({ ports }, place) => objectsFinding('TraefikServices', place.namespace, () => ports.routes.names(place)),
    ({ ports }, { cluster }) => apiFinding(ports.routes, cluster),
  ],
};

function apiFinding(routes: RoutesPort, cluster: string): Promise<Finding> {
  const name = 'Traefik API';
  return finding(name, async () => {
    const replicas = await routes.replicas(cluster);
    if (replicas.length === 0)
      return {
        name,
        state: 'missing',
        detail: 'not configured, so weights can never be proved',
        next: 'Set SLUICE_TRAEFIK_API_URLS or SLUICE_TRAEFIK_API_PODS.',
      };
    const silent = replicas.flatMap(({ replica, error }) => (error === undefined ? [] : [`${replica}: ${error}`]));
    if (silent.length > 0)
      return {
        name,
        state: 'missing',
        detail: silent.join('; '),
        next: 'Start the replica, enable its API, or correct the setting.',
      };
    return `${plural(replicas.length, 'replica')}: ${replicas.map(({ replica }) => replica).join(', ')}`;
  });
}
