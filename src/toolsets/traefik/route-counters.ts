import { SluiceError } from '../../domain/errors.ts';
import type { CounterSeries } from '../../ports/evidence.ts';
import type { RouteLink, RouteLinks, RouteView } from '../../ports/routes.ts';
import { readCounted } from '../../domain/route/names.ts';
import type { CommandContext, CommandSettings } from '../../commands/command.ts';
import { isAllowed } from '../../commands/access.ts';

/** Samples are fetched from this time before a window, so that its start has a sample even with rare scrapes. */
const LEAD_MS = 120_000;

/** Traefik's request counters of each entry. Errors: those of EvidencePort. */
export async function routeCounters(
  { worlds }: CommandContext,
  view: RouteView,
  window: { fromMs: number; toMs: number },
): Promise<readonly (readonly CounterSeries[])[]> {
  const { evidence } = await worlds.of(view.ref.cluster);
  return Promise.all(
    view.entries.map(async ({ service, namespace: serviceNamespace, port }, index) => {
      const place = { namespace: view.ref.namespace, route: view.ref.name, index, service, serviceNamespace, port };
      const { counters } = await readCounted(place, (label) =>
        evidence.counters(label, { fromMs: window.fromMs - LEAD_MS, toMs: window.toMs }),
      );
      return counters.requests;
    }),
  );
}

/** Other objects that lead to the route's Services. Traefik counts by Service, for all routes together. */
export function sharers(
  { ref, entries }: RouteView,
  { links }: RouteLinks,
  settings: CommandSettings,
): readonly string[] {
  const used = (to: RouteLink['to']) =>
    to.kind === 'Service' &&
    entries.some(
      ({ kind, service, namespace }) =>
        kind === 'Service' && service === to.name && (namespace ?? ref.namespace) === to.namespace,
    );
  const others = links.filter(
    ({ from, to }) =>
      used(to) && !(from.kind === 'TraefikService' && from.name === ref.name && from.namespace === ref.namespace),
  );
  return [...new Set(others.map(({ from }) => linkName(from, settings)))];
}

/** "IngressRoute shop/web". Outside the allow list it reveals only that there is one. */
export function linkName({ kind, namespace, name }: RouteLink['from'], settings: CommandSettings): string {
  return isAllowed(namespace, settings)
    ? `${kind} ${namespace}/${name}`
    : `an object of kind ${kind} in a namespace that is not on the allow list`;
}

/** False when no Prometheus is configured. An unreachable one is a different case. */
export function isConfigured(error: unknown): boolean {
  return !(error instanceof SluiceError && error.details['configured'] === false);
}
