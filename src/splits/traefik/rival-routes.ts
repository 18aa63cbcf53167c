import { competes } from '../../domain/route/rule.ts';
import type { RivalRoute } from '../../domain/route/rival.ts';
import type { TrafficRef } from '../../ports/split.ts';
import type { ClusterClient } from '../../adapters/kubernetes/cluster-client.ts';
import { plainLine } from '../../adapters/kubernetes/text.ts';
import { readRules, ruleText, type PlacedRule } from './rules-to.ts';

/**
 * Rules that match the same requests as a rule of the TraefikService, lead elsewhere, and do not have a lower priority.
 * Routes of other providers of Traefik are not read.
 */
export async function rivalRoutes(client: ClusterClient, ref: TrafficRef): Promise<readonly RivalRoute[]> {
  const { own, others } = await readRules(client, ref);
  return others.flatMap((other) => {
    const beaten = own.filter((one) => competes(site(one), site(other)) && priority(other) >= priority(one));
    return beaten.length > 0 ? toRival(other, Math.min(...beaten.map(priority))) : [];
  });
}

const site = ({ object, route }: PlacedRule) => ({ match: route.match, entryPoints: object.spec.entryPoints ?? [] });

const priority = ({ route }: PlacedRule): number => route.priority || route.match.length;

function toRival(rival: PlacedRule, own: number): RivalRoute {
  const { namespace } = rival.object.metadata;
  const services = rival.route.services.map((to) => `${to.kind} ${to.namespace ?? namespace}/${to.name}`);
  return {
    place: plainLine(ruleText(rival)),
    leadsTo: plainLine(services.join(', ') || 'no Service'),
    priority: priority(rival) > own ? 'higher' : 'same',
  };
}
