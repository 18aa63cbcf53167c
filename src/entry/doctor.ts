import { createClusters, type Clusters } from '../adapters/kubernetes/index.ts';
import type { Report } from '../cli/deps.ts';
import type { Settings } from '../config/schema.ts';
import { ERRORS } from '../domain/errors.ts';
import { maskSecrets } from '../domain/safe-text.ts';
import { clusterChecks } from './doctor-cluster.ts';
import { report } from './doctor-report.ts';
import { settingsChecks } from './doctor-settings.ts';
import { temporalChecks } from './doctor-temporal.ts';
import { createPorts } from './ports.ts';
import { shownAs } from './prometheus.ts';

/** Looks at everything that Sluice needs. Changes nothing but to open the audit log and the journal. */
export async function examine(
  settings: Settings,
  where: { cluster?: string; namespace?: string },
): Promise<readonly Report[]> {
  const [cluster, prometheus, temporal, own] = await Promise.all([
    clusterPart(settings, where),
    prometheusCheck(settings),
    temporalChecks(settings),
    settingsChecks(settings),
  ]);
  return [...cluster, prometheus, ...temporal, ...own];
}

async function clusterPart(
  settings: Settings,
  where: { cluster?: string; namespace?: string },
): Promise<readonly Report[]> {
  let clusters: Clusters | undefined;
  const kubeconfig = await report('kubeconfig', async () => {
    clusters = createClusters(settings.kubeconfig === undefined ? {} : { kubeconfig: settings.kubeconfig });
    const context = where.cluster ?? clusters.currentContext();
    if (!context)
      return {
        name: 'kubeconfig',
        state: 'missing',
        detail: 'no kubeconfig with a current context',
        next: 'Set KUBECONFIG or SLUICE_KUBECONFIG.',
      };
    clusters.client(context);
    return `context ${context}`;
  });
  if (!clusters || kubeconfig.state !== 'ok') return [kubeconfig];
  const client = clusters.client(where.cluster ?? clusters.currentContext());
  return [kubeconfig, ...(await clusterChecks(settings, client, where.namespace ?? 'default'))];
}

async function prometheusCheck(settings: Settings): Promise<Report> {
  const name = 'Prometheus';
  if (!settings.prometheusUrl)
    return {
      name,
      state: 'missing',
      detail: 'SLUICE_PROMETHEUS_URL is not set',
      next: ERRORS.PROMETHEUS_UNREACHABLE.next,
    };
  return report(
    name,
    async () =>
      `version ${(await createPorts(settings).evidence.probe()).version} at ${maskSecrets(settings.prometheusUrl ?? '')}${shownAs(settings)}`,
  );
}
