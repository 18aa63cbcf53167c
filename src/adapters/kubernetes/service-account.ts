import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** The files of the service account in a pod. */
export const SERVICE_ACCOUNT = '/var/run/secrets/kubernetes.io/serviceaccount';

/**
 * The address of the API server for a process in a pod. Undefined outside of a pod. Source: client-go,
 * tools/clientcmd/client_config.go (inClusterClientConfig.Possible).
 */
export function podServer(env = process.env, folder = SERVICE_ACCOUNT): string | undefined {
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = env;
  if (!host || !port || !existsSync(join(folder, 'token'))) return undefined;
  return `https://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
