import type { CrossingRule } from '../route/crossing.ts';
import { bad, ok } from './preflight-checks.ts';
import type { Facts } from './preflight-facts.ts';
import type { Check } from './plan.ts';

const NAME = 'routes of other namespaces';

/** Absent where every rule that leads to the split is in its own namespace. */
export function crossingCheck({ rules, traffic }: Facts): readonly Check[] {
  if (!rules || rules.crossing.length === 0) return [];
  const { crossing, within } = rules;
  if (crossing.some(({ unknown }) => unknown)) {
    const detail = `${places(crossing)}: no API of Traefik is configured, so it is not known whether Traefik serves this`;
    return [{ ...ok(NAME, detail), next: 'Set SLUICE_TRAEFIK_API_URLS or SLUICE_TRAEFIK_API_PODS.' }];
  }
  const unserved = crossing.filter((one) => one.unserved.length > 0);
  if (unserved.length === 0) return [ok(NAME, `${places(crossing)}, and every Traefik serves this`)];
  const detail = `${places(unserved)}, and Traefik ${proxies(unserved)} does not serve this`;
  const next = `Set providers.kubernetesCRD.allowCrossNamespace: true of Traefik, or move the rule to the namespace of TraefikService ${traffic?.name ?? ''} (metadata.namespace).`;
  const others = within + crossing.length - unserved.length;
  return [others > 0 ? { ...ok(NAME, detail), next } : bad(NAME, detail, next)];
}

function places(rules: readonly CrossingRule[]): string {
  const leads = rules.length === 1 ? 'leads' : 'lead';
  return `${rules.map(({ place }) => place).join(', ')} ${leads} to the TraefikService across namespaces`;
}

function proxies(rules: readonly CrossingRule[]): string {
  return [...new Set(rules.flatMap(({ unserved }) => unserved))].join(', ');
}
