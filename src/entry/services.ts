import type { Clusters } from '../adapters/kubernetes/index.ts';
import type { ClusterNames, CommandServices } from '../commands/command.ts';
import { withOtherNames } from '../commands/other-names.ts';
import type { Settings } from '../config/schema.ts';
import { createPlans } from '../adapters/plans/index.ts';
import { SluiceError } from '../domain/errors.ts';
import type { Owner } from '../domain/release/target.ts';
import type { JournalPort } from '../ports/journal.ts';
import type { ToolPorts } from '../ports/index.ts';
import type { WindowsPort } from '../ports/windows.ts';
import type { Worlds } from '../ports/world.ts';
import type { ReleaseGateway } from '../temporal/gateway.ts';
import { gatewayOptions } from './gateway-options.ts';
import { deferred } from './deferred.ts';
import { deliveryPorts } from './delivery.ts';
import { newsStates } from './news-states.ts';
import { mcpServerServices } from './server-registry.ts';
import type * as PortsModule from './ports.ts';

/** All services of commands. Each is opened at its first use. */
export interface Services extends CommandServices {
  /** Loads the packages before the first call. For servers. */
  warm(): Promise<void>;
  close(): Promise<void>;
}

type Adapters = Pick<typeof PortsModule, 'sameClusterOver'>;

/** `serving`: this process answers many calls, so a watch is worthwhile. */
export function createServices(settings: Settings, { serving = false } = {}): Services {
  let loading: Promise<ToolPorts> | undefined;
  // There is one import for all, so that concurrent first calls share it.
  const adapters = once(() => import('./ports.ts'));
  // Read once, because the clients also use the kubeconfig that they were created from.
  const clusters = once(() => adapters().then(({ clustersOf }) => clustersOf(settings)));
  let gatewayUsed = false;
  const loadPorts = (): Promise<ToolPorts> =>
    (loading ??= adapters().then(async ({ portsOver }) => portsOver(await clusters(), settings, serving)));
  const allWorlds = once(() => adapters().then(async ({ worldsOver }) => worldsOver(await clusters(), settings)));
  const worlds: Worlds = { of: async (...of) => (await allWorlds()).of(...of) };
  const loadGateway = once(async () => {
    gatewayUsed = true;
    const { createTemporalGateway } = await import('../temporal/temporal-gateway.ts');
    return createTemporalGateway(gatewayOptions(settings));
  });
  const gateway = deferredGateway(loadGateway);
  let journalUsed = false;
  const journal = deferred<JournalPort>(async () => {
    journalUsed = true;
    return (await import('../adapters/journal/index.ts')).createJournal(settings);
  }, {});
  const ports = deferredPorts(loadPorts);
  const names = clusterNames(clusters, adapters);
  return {
    gateway: withOtherNames(gateway, ports.workload),
    ports,
    worlds,
    journal,
    plans: createPlans(settings),
    ...mcpServerServices(settings),
    delivery: deliveryPorts(settings),
    preflight: async (spec) => {
      const { planRelease } = await import('../strategies/index.ts');
      return planRelease(await worlds.of(spec.target.cluster, spec.clusterUid, spec), spec, endedIn(gateway));
    },
    clusters: names,
    windows: windowsOf(settings, names),
    news: newsStates(settings),
    settings,
    warm: async () =>
      void (await Promise.allSettled([
        loadPorts(),
        import('../temporal/temporal-gateway.ts'),
        import('@temporalio/client'),
        import('../strategies/index.ts'),
      ])),
    close: async () => {
      // Ports that could not be loaded have nothing to close.
      await loading?.then(
        ({ rolloutFeed }) => rolloutFeed.close(),
        () => undefined,
      );
      if (gatewayUsed) await gateway.close();
      if (journalUsed) await journal.close();
    },
  };
}

function deferredGateway(load: () => Promise<ReleaseGateway>): ReleaseGateway {
  const schedules = deferred(async () => (await load()).schedules, {});
  const deliveries = deferred(async () => (await load()).deliveries, {});
  const builds = deferred(async () => (await load()).builds, {});
  const queues = deferred(async () => (await load()).queues, {});
  return deferred<ReleaseGateway>(load, { schedules, deliveries, builds, queues });
}

/** A plan is possible without Temporal. Then no run is known to have ended. */
function endedIn(gateway: ReleaseGateway): (owner: Owner) => Promise<boolean> {
  return (owner) =>
    gateway.owns(owner).then(
      (found) => found === 'ended',
      () => false,
    );
}

function windowsOf({ windows }: Pick<Settings, 'windows'>, { same }: Pick<ClusterNames, 'same'>): WindowsPort {
  return deferred<WindowsPort>(
    async () => (await import('../adapters/windows/index.ts')).createWindows(windows, same),
    {},
  );
}

/** Ports that are loaded at their first use, whatever their names. */
function deferredPorts(load: () => Promise<ToolPorts>): ToolPorts {
  const ports = new Map<string, object>();
  const portOf = (name: string): object => {
    const port = ports.get(name) ?? deferred<object>(async () => (await load())[name as keyof ToolPorts], {});
    ports.set(name, port);
    return port;
  };
  const get = (own: object, name: string | symbol): unknown =>
    typeof name === 'symbol' || name === 'then' ? undefined : (Reflect.get(own, name) ?? portOf(name));
  return new Proxy({ now: Date.now }, { get }) as ToolPorts;
}

function clusterNames(
  clusters: () => Promise<Clusters>,
  adapters: () => Promise<Adapters>,
): CommandServices['clusters'] {
  const same = once(async () => (await adapters()).sameClusterOver(await clusters()));
  return {
    current: async () => currentContext(await clusters()),
    all: async () => (await clusters()).contexts(),
    same: async (context) => (await same())(context),
  };
}

function currentContext(clusters: Clusters): string {
  const context = clusters.currentContext();
  if (context) return context;
  const known = clusters.contexts();
  const only = known.length === 1 ? ` Its only context is "${known[0]}".` : '';
  throw new SluiceError(
    'CLUSTER_UNKNOWN',
    known.length === 0
      ? 'No cluster was named, and there is no kubeconfig with a current context.'
      : `No cluster was named, and the kubeconfig has no current-context.${only}`,
    {
      next: known.length === 0 ? 'Name the cluster, or set KUBECONFIG or SLUICE_KUBECONFIG.' : 'Name the cluster.',
      details: { contexts: known },
    },
  );
}

/** Calls `make` at the first call, and returns the same value at all later calls. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
