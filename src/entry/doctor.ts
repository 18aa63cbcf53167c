import type { ClusterClient, Clusters } from '../adapters/kubernetes/index.ts';
import { finding, type CheckServices, type Finding } from '../commands/doctor-check.ts';
import { checkClusters } from '../clusters/check.ts';
import { Identities } from '../clusters/identities.ts';
import { readIdentity } from '../clusters/identity.ts';
import { settingsFor } from '../clusters/settings-for.ts';
import { clusterDefaults } from '../config/clusters.ts';
import type { Settings } from '../config/schema.ts';
import { evidenceKind } from '../evidence/index.ts';
import { TOOLSETS } from '../toolsets/index.ts';
import { clusterChecks } from './doctor-cluster.ts';
import { impersonationCheck, tokenReviewCheck } from './doctor-rights.ts';
import { historiesCheck } from './open-releases-check.ts';
import { settingsChecks } from './doctor-settings.ts';
import { versionsCheck } from './versions-check.ts';
import { clustersOf } from './ports.ts';
import { createServices } from './services.ts';

interface Where {
  readonly cluster?: string;
  readonly namespace?: string;
}

/** Looks at everything that Sluice needs. Changes nothing but to open the audit log and the journal. */
export async function examine(settings: Settings, where: Where): Promise<readonly Finding[]> {
  const services = createServices(settings);
  try {
    const [cluster, evidence, ofToolsets, versions, histories, own] = await Promise.all([
      clusterPart(settings, services, where),
      evidenceCheck(settings, where.cluster),
      Promise.all(TOOLSETS.flatMap(({ checks }) => checks.ofProcess ?? []).map((check) => check(services))),
      versionsCheck(settings, services.gateway),
      historiesCheck(settings, services.gateway),
      settingsChecks(settings),
    ]);
    return [...cluster, evidence, ...ofToolsets.flat(), versions, histories, ...own];
  } finally {
    await services.close();
  }
}

async function clusterPart(settings: Settings, services: CheckServices, where: Where): Promise<readonly Finding[]> {
  let clusters: Clusters | undefined;
  const kubeconfig = await finding('kubeconfig', async () => {
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
  const current = client.cluster === clusters.currentContext();
  const [identity, described, checks, reviews] = await Promise.all([
    finding('cluster identity', async () => `${client.cluster} is the cluster ${await readIdentity(client)}`),
    checkClusters(clusters, settings),
    ownSettings(clusters, settings, client).then((own) =>
      clusterChecks({ settings: own, services }, client, where.namespace ?? 'default'),
    ),
    current ? tokenReviewCheck(settings, client) : [],
    impersonationCheck(settings, client),
  ]);
  const problems = described.map(
    ({ context, detail, next }): Finding => ({
      name: `settings of ${context}`,
      state: 'missing',
      detail,
      next,
    }),
  );
  return [kubeconfig, identity, ...problems, ...checks, ...reviews];
}

/** The settings with those of the cluster in place; where none are known to be its own, with the defaults. */
async function ownSettings(clusters: Clusters, settings: Settings, client: ClusterClient): Promise<Settings> {
  const asked = { context: client.cluster, uid: () => readIdentity(client) };
  const known = { clusters, identities: new Identities(clusters) };
  return { ...settings, ...(await settingsFor(asked, settings, known).catch(clusterDefaults)) };
}

/** What holds the counts of the cluster. Without a kubeconfig it is not known whose the settings are. */
async function evidenceCheck(settings: Settings, cluster: string | undefined): Promise<Finding> {
  const kind = evidenceKind(settings);
  return finding(kind.name, async () => {
    const clusters = clustersOf(settings);
    const context = cluster ?? clusters.currentContext();
    const uid = () => readIdentity(clusters.client(context));
    const own = await settingsFor({ context, uid }, settings, { clusters, identities: new Identities(clusters) });
    return evidenceKind(own).examine(own);
  });
}
