import type { ClusterClient } from '../adapters/kubernetes/index.ts';
import { NAMESPACE, ROLLOUT, TRAEFIK_SERVICE, type Kind } from '../adapters/kubernetes/kinds.ts';
import { listReplicas, type Replica } from '../splits/traefik/replicas.ts';
import type { Report } from '../cli/deps.ts';
import type { Settings } from '../config/schema.ts';
import { report } from './doctor-report.ts';
import { rightsChecks } from './doctor-rights.ts';
import { traefikApis } from './ports.ts';

/** Checks the requirements in the cluster. A cluster that does not answer is reported once. */
export async function clusterChecks(
  settings: Settings,
  client: ClusterClient,
  namespace: string,
): Promise<readonly Report[]> {
  const api = await report(`namespace ${namespace}`, async () => {
    await client.get({ kind: NAMESPACE, name: namespace });
    return `${client.cluster} answers and has it`;
  });
  if (api.state !== 'ok' && !api.detail.includes('has no namespace')) return [{ ...api, name: 'cluster' }];
  const [rights, ...rest] = await Promise.all([
    rightsChecks(settings, client, namespace),
    objects(client, ROLLOUT, namespace),
    objects(client, TRAEFIK_SERVICE, namespace),
    traefik(settings, client),
  ]);
  return [api, ...rest, ...rights];
}

/**
 * One list request checks three things: the resource definition, the right to read, and whether there is anything to
 * release.
 */
function objects(client: ClusterClient, kind: Kind, namespace: string): Promise<Report> {
  const name = `${kind.name}s`;
  return report(name, async () => {
    const found = await client.list(kind, namespace);
    if (found.length > 0) return `${found.length} in ${namespace}`;
    return {
      name,
      state: 'missing',
      detail: `${namespace} has none`,
      next: `Create a ${kind.name}, or name the right namespace with --namespace.`,
    };
  });
}

function traefik(settings: Settings, client: ClusterClient): Promise<Report> {
  const name = 'Traefik API';
  return report(name, async () => {
    const replicas = await listReplicas(client, traefikApis(settings));
    const next = 'Set SLUICE_TRAEFIK_API_URLS or SLUICE_TRAEFIK_API_PODS.';
    if (replicas.length === 0)
      return { name, state: 'missing', detail: 'not configured, so weights can never be proved', next };
    const silent = (await Promise.all(replicas.map(problemOf))).filter((problem) => problem !== undefined);
    if (silent.length > 0)
      return {
        name,
        state: 'missing',
        detail: silent.join('; '),
        next: 'Start the replica, enable its API, or correct the setting.',
      };
    return `${replicas.length} replica(s): ${replicas.map((replica) => replica.name).join(', ')}`;
  });
}

async function problemOf(replica: Replica): Promise<string | undefined> {
  return replica.get('/api/version').then(
    () => undefined,
    (error: unknown) => `${replica.name}: ${error instanceof Error ? error.message : String(error)}`,
  );
}
