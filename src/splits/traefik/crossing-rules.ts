import type { CrossingRule, OwnRules } from '../../domain/route/crossing.ts';
import type { TrafficRef } from '../../ports/split.ts';
import type { ClusterClient } from '../../adapters/kubernetes/cluster-client.ts';
import { plainLine } from '../../adapters/kubernetes/text.ts';
import type { Replica } from './replicas.ts';
import { servedRules } from './route-served.ts';
import { readRules, ruleText, type PlacedRule } from './rules-to.ts';

/**
 * The rules that lead to a TraefikService. For those that do it from another namespace, whether each proxy serves them:
 * without `allowCrossNamespace` Traefik leaves such a rule out, and says so in its log only.
 */
export async function rulesOf(client: ClusterClient, ref: TrafficRef, replicas: readonly Replica[]): Promise<OwnRules> {
  const { own } = await readRules(client, ref);
  const crossing = own.filter((rule) => crosses(rule, ref));
  return {
    within: own.length - crossing.length,
    crossing: await Promise.all(crossing.map((rule) => crossingRule(rule, ref, replicas))),
  };
}

/** The TraefikService that the rule names may itself be in another namespace than the one that it leads to. */
function crosses({ object, route }: PlacedRule, { namespace }: TrafficRef): boolean {
  const home = object.metadata.namespace;
  return home !== namespace || route.services.some((one) => (one.namespace ?? home) !== namespace);
}

async function crossingRule(
  rule: PlacedRule,
  { cluster }: TrafficRef,
  replicas: readonly Replica[],
): Promise<CrossingRule> {
  const home = rule.object.metadata.namespace;
  const named = rule.route.services.filter(({ kind }) => kind === 'TraefikService');
  const unserved = await Promise.all(
    replicas.map(async (replica) => {
      const served = named.map(({ name, namespace }) =>
        servedRules(replica, { cluster, namespace: namespace ?? home, name }),
      );
      const rules = (await Promise.all(served)).flat();
      return rules.includes(rule.route.match) ? [] : [replica.name];
    }),
  );
  return {
    place: plainLine(ruleText(rule)),
    unserved: unserved.flat(),
    ...(replicas.length === 0 && { unknown: true as const }),
  };
}
