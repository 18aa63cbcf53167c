import { createClient } from './client.ts';
import type { ClusterClient, Clusters } from './cluster-client.ts';
import { loadKubeConfig, onlyContext } from './kubeconfig.ts';
import { createTransport } from './transport.ts';
import { WriteLog } from './write-log.ts';

export type { ClusterClient, Clusters } from './cluster-client.ts';

export interface ClustersOptions {
  /** Path of a kubeconfig. If absent: KUBECONFIG, the file in the home folder, or the pod's service account. */
  readonly kubeconfig?: string;
  /** Timeout of each request. The client library has none. */
  readonly requestTimeoutMs?: number;
}

/**
 * Reads the kubeconfig once and opens no connection. Errors: CONFIG_INVALID. Only this file loads the Kubernetes client
 * library (0.2 s). Code that only uses a cluster imports the other files of this folder.
 */
export function createClusters(options: ClustersOptions = {}): Clusters {
  const config = loadKubeConfig(options.kubeconfig);
  const clients = new Map<string, ClusterClient>();
  const logs = new Map<string, WriteLog>();
  return {
    contexts: () => config.getContexts().map((context) => context.name),
    currentContext: () => config.getCurrentContext() ?? '',
    server: (name) => config.getCluster(config.getContextObject(name)?.cluster ?? '')?.server,
    client(cluster) {
      const known = clients.get(cluster);
      if (known) return known;
      const only = onlyContext(config, cluster);
      const server = only.getCurrentCluster()?.server ?? '';
      const written = logs.get(server) ?? new WriteLog();
      const client = createClient(cluster, createTransport(only), {
        timeoutMs: options.requestTimeoutMs ?? 4_000,
        written,
      });
      logs.set(server, written);
      clients.set(cluster, client);
      return client;
    },
  };
}
