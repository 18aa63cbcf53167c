import type { TrafficRef } from '../../ports/split.ts';
import type { PatchOperation } from '../../adapters/kubernetes/cluster-client.ts';
import { IngressRoute, leadsTo, mirrorName } from './ingress-routes.ts';
import type { Route } from './ingress-routes.ts';
import { sameSpec } from './middleware-object.ts';

/** Safe methods (RFC 9110 §9.2.1), as a Traefik rule. */
const SAFE = '(Method(`GET`) || Method(`HEAD`) || Method(`OPTIONS`))';

export type Methods = 'safe' | 'all';

/** The methods of a rule that `mirrorRule` created. Undefined for other rules. */
export function methodsOf({ match }: Route): Methods {
  return match.endsWith(`&& ${SAFE}`) ? 'safe' : 'all';
}

/**
 * Traefik's own default priority is the length of the rule in bytes (traefik v3, pkg/muxer/http/mux.go,
 * GetRulePriority).
 */
export function priorityOf({ priority, match }: Route): number {
  return priority || Buffer.byteLength(match);
}

/**
 * A copy of the rule that leads to the mirror. Its priority is one above that of the rule. With the default priority of
 * its own length it would take precedence over longer rules for a part of this rule's requests.
 */
function mirrorRule(
  rule: Record<string, unknown>,
  route: Route,
  ref: TrafficRef,
  methods: Methods,
): Record<string, unknown> {
  const match = methods === 'safe' ? `(${route.match}) && ${SAFE}` : `(${route.match})`;
  return {
    ...rule,
    match,
    priority: priorityOf(route) + 1,
    services: [{ kind: 'TraefikService', name: mirrorName(ref.name) }],
  };
}

interface Split {
  /** The rules as read, with all their fields. */
  readonly own: readonly Record<string, unknown>[];
  readonly mirrors: readonly Record<string, unknown>[];
  /** The rules of `own` that lead to the TraefikService. */
  readonly leading: readonly { readonly raw: Record<string, unknown>; readonly route: Route }[];
}

export function split(raw: unknown, ref: TrafficRef): Split {
  const object = IngressRoute.parse(raw);
  const rules = ((raw as { spec: { routes?: Record<string, unknown>[] } }).spec.routes ?? []).map((rule, index) => ({
    raw: rule,
    route: object.spec.routes[index] as Route,
  }));
  const isMirror = (route: Route) =>
    route.services.some(({ kind, name }) => kind === 'TraefikService' && name === mirrorName(ref.name));
  const own = rules.filter(({ route }) => !isMirror(route));
  return {
    own: own.map((one) => one.raw),
    mirrors: rules.filter(({ route }) => isMirror(route)).map((one) => one.raw),
    leading: own.filter(({ route }) => leadsTo(object, route, ref)),
  };
}

/** The mirroring rules: one for each rule that leads to the route. */
export function mirrorRules(raw: unknown, ref: TrafficRef, methods: Methods): readonly Record<string, unknown>[] {
  return split(raw, ref).leading.map(({ raw: rule, route }) => mirrorRule(rule, route, ref, methods));
}

/** Replaces the mirroring rules. They are placed after all others, so that the others keep their index. */
export function setMirrorRules(
  raw: unknown,
  ref: TrafficRef,
  rules: readonly Record<string, unknown>[],
): readonly PatchOperation[] {
  const { own, mirrors } = split(raw, ref);
  if (sameSpec(mirrors, rules)) return [];
  return [{ op: 'replace', path: '/spec/routes', value: [...own, ...rules] }];
}

/** Finds another rule with the priority of a mirroring rule that may match the same requests. */
export function rival(objects: readonly IngressRoute[], ref: TrafficRef): string | undefined {
  const leading = objects.flatMap((object) => split(object, ref).leading.map(({ route }) => route));
  for (const object of objects) {
    for (const route of object.spec.routes.filter(
      (one) => !one.services.some(({ name }) => name === mirrorName(ref.name)),
    )) {
      const met = leading.find(
        (one) =>
          one.match !== route.match && priorityOf(route) === priorityOf(one) + 1 && mayOverlap(one.match, route.match),
      );
      if (met)
        return `IngressRoute ${object.metadata.name} has a rule of priority ${priorityOf(route)} (${route.match}), the one that the mirror of ${met.match} needs; give one of them another priority`;
    }
  }
  return undefined;
}

/** False only when both rules name hosts and have none in common. */
function mayOverlap(a: string, b: string): boolean {
  const [hosts, others] = [hostsOf(a), hostsOf(b)];
  return !hosts || !others || hosts.some((host) => others.includes(host));
}

/** Undefined if the rule is not limited to certain hosts, or has an unsupported form. */
function hostsOf(rule: string): readonly string[] | undefined {
  // The rule of another route's mirror has the hosts of the rule that it copies.
  const match = rule.replace(` && ${SAFE}`, '');
  if (/[!|]|HostRegexp/.test(match)) return undefined;
  const hosts = [...match.matchAll(/\bHost\(([^)]*)\)/g)].flatMap(([, list]) =>
    [...(list ?? '').matchAll(/`([^`]+)`/g)].map(([, host]) => host ?? ''),
  );
  return hosts.length > 0 ? hosts : undefined;
}
