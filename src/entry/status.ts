import type { Settings } from '../config/schema.ts';
import { version } from '../config/version.ts';
import type { Log } from '../observability/log.ts';
import type { Metrics } from '../observability/metrics.ts';
import { createReadiness, type Dependency } from '../observability/readiness.ts';
import { startStatusServer } from '../observability/status-server.ts';
import type { ReleaseGateway } from '../temporal/gateway.ts';

interface Parts {
  readonly settings: Settings;
  readonly metrics: Metrics;
  readonly log: Log;
  /** Asked for at the start of the pages only. */
  readonly dependencies: () => Promise<readonly Dependency[]>;
}

/**
 * Serves the pages for probes and Prometheus if the settings name a port. Returns the function that ends this. Errors:
 * CONFIG_INVALID.
 */
export async function startStatus({ settings, metrics, log, dependencies }: Parts): Promise<() => Promise<void>> {
  const { statusPort: port, statusHost: host } = settings;
  if (port === undefined) return async () => undefined;
  const onChange = (name: string, err?: unknown): void => {
    if (err === undefined) log.info({ dependency: name }, 'It answers again');
    else log.warn({ dependency: name, err }, 'Not ready: it does not answer');
  };
  const look = createReadiness(await dependencies(), { onChange });
  const ready = async () => {
    const found = await look();
    for (const { name, reason } of found) metrics.up(name, reason === undefined);
    return found;
  };
  const server = await startStatusServer(
    { host, port },
    {
      version: version(),
      ready,
      metrics: async () => {
        await ready();
        return metrics.registry.metrics();
      },
    },
  );
  log.info({ status: server.url }, 'Pages for probes and Prometheus');
  return () => server.close();
}

/**
 * What servers and workers need: Temporal, and the cluster of the current context if there is a kubeconfig. Errors:
 * CONFIG_INVALID.
 */
export async function dependenciesOf(
  gateway: Pick<ReleaseGateway, 'probe'>,
  settings: Settings,
): Promise<readonly Dependency[]> {
  const [{ clustersOf }, { readIdentity }] = await Promise.all([
    import('./ports.ts'),
    import('../clusters/identity.ts'),
  ]);
  const clusters = clustersOf(settings);
  const context = clusters.currentContext();
  const cluster: Dependency = { name: 'cluster', check: () => readIdentity(clusters.client(context)) };
  return [{ name: 'temporal', check: () => gateway.probe() }, ...(context === '' ? [] : [cluster])];
}
