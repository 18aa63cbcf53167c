import { SluiceError } from '../../domain/errors.ts';
import { mostRequestsSince } from '../../domain/route/requests.ts';
import type { IngressRouteFacts, RouteLink, RouteLinks, RouteView } from '../../ports/routes.ts';
import type { TrafficRef } from '../../ports/split.ts';
import type { CommandContext, CommandSettings } from '../../commands/command.ts';
import { refuseOwned } from '../../commands/owned.ts';
import { isConfigured, linkName, routeCounters, sharers } from './route-counters.ts';
import { rolloutsInNamespace, routeRef, writerOf } from './route-rollouts.ts';
import { plural } from '../../domain/plural.ts';

export interface Removal {
  readonly ref: TrafficRef;
  /** Undefined when it is already deleted. */
  readonly view: RouteView | undefined;
  readonly ingress: IngressRouteFacts | undefined;
  /** The Rollout that names the TraefikService. */
  readonly writer: string | undefined;
  readonly refusal?: { readonly reason: string; readonly next: string };
  /** What could not be checked. It is part of the question. */
  readonly caveats: readonly string[];
}

interface RemovalRequest {
  readonly cluster?: string | undefined;
  readonly namespace: string;
  readonly route_name: string;
  readonly idle_seconds: number;
  readonly used_elsewhere?: boolean | undefined;
}

/**
 * The consequences of deleting the route now. Errors: TRAFFIC_SERVICE_NOT_FOUND when nothing of it is left,
 * OWNED_BY_OTHER, PROMETHEUS_UNREACHABLE, those of the ports.
 */
export async function inspectRoute(context: CommandContext, request: RemovalRequest): Promise<Removal> {
  const ref = await routeRef(context, request);
  const { routes } = context.ports;
  const ingress = await routes.findIngressRoute(ref);
  const [view, rollouts, links] = await Promise.all([
    readUnlessGone(context, ref, ingress),
    rolloutsInNamespace(context, ref),
    routes.links(ref),
  ]);
  refuseOwned(view?.owner, `TraefikService ${ref.namespace}/${ref.name}`);
  const removal = { ref, view, ingress, writer: writerOf(rollouts, ref)?.target.rollout };
  const refusal = refuseNamed(removal, links, context.settings);
  if (refusal) return { ...removal, refusal, caveats: [] };
  const use = view && ingress ? await recentUse(context, view, links, request) : { caveats: [] };
  const unseen = links.everywhere
    ? []
    : [`Only namespace ${ref.namespace} could be searched for what else leads to it.`];
  return { ...removal, ...use, caveats: [...use.caveats, ...unseen] };
}

/** After an interrupted deletion either object may be left. */
async function readUnlessGone(
  { ports }: CommandContext,
  ref: TrafficRef,
  ingress: IngressRouteFacts | undefined,
): Promise<RouteView | undefined> {
  try {
    return await ports.routes.read(ref);
  } catch (error) {
    if (ingress && error instanceof SluiceError && error.code === 'TRAFFIC_SERVICE_NOT_FOUND') return undefined;
    throw error;
  }
}

function refuseNamed(
  { ref, ingress, writer }: Pick<Removal, 'ref' | 'ingress' | 'writer'>,
  { links }: RouteLinks,
  settings: CommandSettings,
): Removal['refusal'] {
  if (writer !== undefined)
    return {
      reason: `Rollout ${writer} names this TraefikService and writes its weights`,
      next: 'First delete the Rollout, or remove its trafficRouting.',
    };
  const same = (one: { kind: string; namespace: string; name: string }, kind: string) =>
    one.kind === kind && one.namespace === ref.namespace && one.name === ref.name;
  const others = links.filter(
    ({ from, to }) => same(to, 'TraefikService') && !same(from, 'IngressRoute') && !same(from, 'TraefikService'),
  );
  if (others.length > 0)
    return { reason: `It is in use: ${names(others, settings)} leads to it`, next: 'Delete or change these first.' };
  const elsewhere = (ingress?.links ?? []).filter(({ to }) => !same(to, 'TraefikService'));
  if (elsewhere.length > 0)
    return {
      reason: `IngressRoute ${ref.namespace}/${ref.name} leads elsewhere too, to ${elsewhere.map(({ to }) => `${to.kind} ${to.namespace}/${to.name}`).join(', ')}`,
      next: 'Remove its other rules first; they would be deleted with it.',
    };
  return undefined;
}

function names(links: readonly RouteLink[], settings: CommandSettings): string {
  return [...new Set(links.map(({ from }) => linkName(from, settings)))].join(', ');
}

type Use = Pick<Removal, 'refusal' | 'caveats'>;

/** Counters are by Service. They show that a route is idle, but not which of several routes is in use. */
async function recentUse(
  context: CommandContext,
  view: RouteView,
  links: RouteLinks,
  request: RemovalRequest,
): Promise<Use> {
  const toMs = context.ports.now();
  const fromMs = toMs - request.idle_seconds * 1000;
  const uncounted = view.entries.some(({ kind }) => kind !== 'Service') || view.form !== 'weighted';
  const counters = await countersIfAny(context, view, { fromMs, toMs });
  if (!counters) return { caveats: ['Whether it answers requests could not be checked: no Prometheus is configured.'] };
  if (uncounted) return uncountable('Traefik counts by Service, and this route has other parts', request);
  const series = counters.flat();
  if (series.length === 0) return uncountable('Prometheus has no counters of its Services', request);
  const requests = mostRequestsSince(series, fromMs);
  if (requests === 0) return { caveats: [] };
  return busy(Math.round(requests), sharers(view, links, context.settings), request);
}

/** A route whose use cannot be counted does not count as idle. */
function uncountable(why: string, request: RemovalRequest): Use {
  const doubt = `whether it answers requests could not be checked: ${why}`;
  if (request.used_elsewhere === true) return { caveats: [`Its use could not be ruled out: ${doubt}.`] };
  return {
    refusal: {
      reason: `It may be in use: ${doubt}`,
      next: `Check that Prometheus scrapes every Traefik replica, with metrics.prometheus.addServicesLabels on. If it is known that nothing comes through this route, repeat the call with used_elsewhere: true.`,
    },
    caveats: [],
  };
}

function busy(requests: number, shared: readonly string[], request: RemovalRequest): Use {
  const count = `its Services answered ${plural(requests, 'request')} within the last ${request.idle_seconds} s`;
  if (shared.length === 0)
    return {
      refusal: {
        reason: `It is in use: ${count}`,
        next: 'Send the requests elsewhere, wait until it is idle, and repeat the call.',
      },
      caveats: [],
    };
  const doubt = `${count}, but ${shared.join(', ')} leads to the same Services, and counters do not show which route they used`;
  if (request.used_elsewhere === true) return { caveats: [`Its use could not be ruled out: ${doubt}.`] };
  return {
    refusal: {
      reason: `It may be in use: ${doubt}`,
      next: 'If it is known that nothing comes through this route, repeat the call with used_elsewhere: true.',
    },
    caveats: [],
  };
}

/**
 * Undefined when no Prometheus is configured. If one is configured and unreachable, use is not known:
 * PROMETHEUS_UNREACHABLE.
 */
async function countersIfAny(
  context: CommandContext,
  view: RouteView,
  window: { fromMs: number; toMs: number },
): Promise<Awaited<ReturnType<typeof routeCounters>> | undefined> {
  try {
    return await routeCounters(context, view, window);
  } catch (error) {
    if (!isConfigured(error)) return undefined;
    if (!(error instanceof SluiceError)) throw error;
    throw new SluiceError(
      error.code,
      `Whether ${view.ref.namespace}/${view.ref.name} is in use is not known, so it was not deleted: ${error.message}`,
      { next: error.next, cause: error },
    );
  }
}
