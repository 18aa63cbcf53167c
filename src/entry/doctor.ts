import type { ClusterClient, Clusters } from '../adapters/kubernetes/index.ts';
import { createEvidence } from '../adapters/prometheus/index.ts';
import type { Report } from '../cli/deps.ts';
import { checkClusters } from '../clusters/check.ts';
import { Identities } from '../clusters/identities.ts';
import { readIdentity } from '../clusters/identity.ts';
import { settingsFor } from '../clusters/settings-for.ts';
import type { Settings } from '../config/schema.ts';
import { ERRORS } from '../domain/errors.ts';
import { maskSecrets } from '../domain/safe-text.ts';
import { clusterChecks } from './doctor-cluster.ts';
import { report } from './doctor-report.ts';
import { settingsChecks } from './doctor-settings.ts';
import { temporalChecks } from './doctor-temporal.ts';
import { clustersOf } from './ports.ts';
import { prometheusOptions, shownAs } from './prometheus.ts';

/** Checks everything that Sluice needs. It changes nothing, except that it opens the audit log and the journal. */
export async function examine(
  settings: Settings,
  where: { cluster?: string; namespace?: string },
): Promise<readonly Report[]> {
  const [cluster, prometheus, temporal, own] = await Promise.all([
    clusterPart(settings, where),
    prometheusCheck(settings, where.cluster),
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
    clusters = clustersOf(settings);
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
  const [identity, described, checks] = await Promise.all([
    report('cluster identity', async () => `${client.cluster} is the cluster ${await readIdentity(client)}`),
    checkClusters(clusters, settings),
    ownSettings(clusters, settings, client).then((own) => clusterChecks(own, client, where.namespace ?? 'default')),
  ]);
  const problems = described.map(
    ({ context, detail, next }): Report => ({
      name: `settings of ${context}`,
      state: 'missing',
      detail,
      next,
    }),
  );
  return [kubeconfig, identity, ...problems, ...checks];
}

/** The settings, with those of the cluster applied. If no settings belong to the cluster, there are no Traefik APIs. */
async function ownSettings(clusters: Clusters, settings: Settings, client: ClusterClient): Promise<Settings> {
  const asked = { context: client.cluster, uid: () => readIdentity(client) };
  const own = await settingsFor(asked, settings, { clusters, identities: new Identities(clusters) }).catch(() => ({
    traefikApiUrls: [],
    traefikApiPods: undefined,
  }));
  return { ...settings, ...own };
}

/** The Prometheus of the cluster. Without a kubeconfig it is not known which cluster the settings are for. */
function prometheusCheck(settings: Settings, cluster: string | undefined): Promise<Report> {
  const name = 'Prometheus';
  return report(name, async () => {
    const clusters = clustersOf(settings);
    const context = cluster ?? clusters.currentContext();
    const uid = () => readIdentity(clusters.client(context));
    const own = await settingsFor({ context, uid }, settings, { clusters, identities: new Identities(clusters) });
    if (own.prometheusUrl === undefined)
      return {
        name,
        state: 'missing',
        detail: 'SLUICE_PROMETHEUS_URL is not set',
        next: ERRORS.PROMETHEUS_UNREACHABLE.next,
      };
    const { version } = await createEvidence(prometheusOptions(own)).probe();
    return `version ${version} at ${maskSecrets(own.prometheusUrl)}${shownAs(own)}`;
  });
}
