import type { RouteSnapshot } from '../../contract/route-snapshot.ts';
import { cleanText } from '../../domain/safe-text.ts';
import type { RouteEntry, RouteView } from '../../ports/routes.ts';

/** `rollout`: the Rollout that writes the weights. */
export function toRouteSnapshot(view: RouteView, rollout?: string): RouteSnapshot {
  const byService = (weights: readonly number[]) =>
    Object.fromEntries(view.entries.map((entry, index) => [entryName(view.entries, entry), weights[index] ?? 0]));
  return {
    namespace: view.ref.namespace,
    route_name: view.ref.name,
    rules: view.rules.map(({ match }) => cleanText(match)),
    weights: byService(view.entries.map(({ weight }) => weight)),
    in_force: view.served.map(({ replica, weights, unknown, error }) => ({
      replica,
      ...(weights && { weights: byService(weights) }),
      ...problem(unknown ? 'does not know the route' : error),
    })),
    sticky: view.sticky,
    middlewares: view.middlewares.map((name) => cleanText(name)),
    ...(rollout !== undefined && { rollout }),
    ...(view.owner && { release_id: view.owner.releaseId }),
    resource_version: view.resourceVersion,
  };
}

function problem(text: string | undefined): { error?: string } {
  return text === undefined ? {} : { error: cleanText(text, 200) };
}

/** The Service's name. Namespace and port are added if several entries have the same name. */
export function entryName(entries: readonly RouteEntry[], entry: RouteEntry): string {
  const alone = entries.filter(({ service }) => service === entry.service).length === 1;
  return cleanText(alone ? entry.service : [entry.namespace, entry.service, entry.port].filter(Boolean).join('/'));
}
