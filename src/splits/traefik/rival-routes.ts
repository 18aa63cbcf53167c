import { SluiceError } from '../../domain/errors.ts';
import { competes } from '../../domain/route/rule.ts';
import type { RivalRoute } from '../../domain/route/rival.ts';
import type { TrafficRef } from '../../ports/split.ts';
import type { ClusterClient } from '../../adapters/kubernetes/cluster-client.ts';
import { plainLine } from '../../adapters/kubernetes/text.ts';
import { leadsTo, listIngressRoutes, type IngressRoute, type Route } from './ingress-routes.ts';

interface Placed {
  readonly object: IngressRoute;
  readonly route: Route;
  readonly index: number;
}

/**
 * Rules that match the same requests as a rule of the TraefikService, lead elsewhere, and do not have a lower priority.
 * Routes of other providers of Traefik are not read.
 */
export async function rivalRoutes(client: ClusterClient, ref: TrafficRef): Promise<readonly RivalRoute[]> {
  const all = (await listEverywhere(client, ref.namespace)).flatMap((object) =>
    object.spec.routes.map((route, index): Placed => ({ object, route, index })),
  );
  const own = all.filter(({ object, route }) => leadsTo(object, route, ref));
  return all
    .filter(({ object, route }) => !leadsTo(object, route, ref))
    .flatMap((other) => {
      const beaten = own.filter((one) => competes(site(one), site(other)) && priority(other) >= priority(one));
      return beaten.length > 0 ? toRival(other, Math.min(...beaten.map(priority))) : [];
    });
}

/** Without the right to list the IngressRoutes of all namespaces, those of the own namespace are read. */
async function listEverywhere(client: ClusterClient, namespace: string): Promise<readonly IngressRoute[]> {
  try {
    return await listIngressRoutes(client);
  } catch (error) {
    if (!(error instanceof SluiceError) || error.code !== 'FORBIDDEN') throw error;
    return listIngressRoutes(client, namespace);
  }
}

const site = ({ object, route }: Placed) => ({ match: route.match, entryPoints: object.spec.entryPoints ?? [] });

const priority = ({ route }: Placed): number => route.priority || route.match.length;

function toRival(rival: Placed, own: number): RivalRoute {
  const { name, namespace } = rival.object.metadata;
  const services = rival.route.services.map((to) => `${to.kind} ${to.namespace ?? namespace}/${to.name}`);
  return {
    place: plainLine(`IngressRoute ${namespace}/${name} rule ${rival.index + 1}`),
    leadsTo: plainLine(services.join(', ') || 'no Service'),
    priority: priority(rival) > own ? 'higher' : 'same',
  };
}
