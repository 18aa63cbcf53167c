// Importing the whole package takes 0.4 s, and this file of it half of that. The version is pinned exactly.
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import type { Cluster } from '@kubernetes/client-node/dist/config_types.js';
import { closest } from 'fastest-levenshtein';
import { SluiceError } from '../../domain/errors.ts';
import { ClusterConfig, type ClusterUser } from './cluster-config.ts';
import { readKubeconfigFiles, type FileCluster, type FileUser } from './kubeconfig-files.ts';
import { podServer } from './service-account.ts';
import { plainLine } from './text.ts';

/**
 * The contexts that kubectl would find: in the file `path`, in the files of KUBECONFIG, or in the file in the home
 * folder. Without any entry in them it is the service account of the pod. Without any configuration there are no
 * contexts. Errors: CONFIG_INVALID.
 */
export function loadKubeConfig(path?: string): KubeConfig {
  const { clusters, users, contexts, currentContext } = readKubeconfigFiles(path);
  const config = new KubeConfig();
  if (clusters.size + users.size + contexts.size === 0 && podServer() !== undefined) config.loadFromCluster();
  else
    config.loadFromOptions({
      clusters: [...clusters].map(([name, cluster]) => toCluster(name, cluster)),
      users: [...users].map(([name, user]) => toUser(name, user)),
      contexts: [...contexts].map(([name, { cluster, user, namespace }]) => ({
        name,
        cluster: cluster ?? '',
        user: user ?? '',
        ...(namespace && { namespace }),
      })),
      currentContext,
    });
  return config;
}

/** Data in the file takes precedence over a path, as in kubectl. In client-node it is the other way round. */
function toCluster(name: string, cluster: FileCluster): Cluster {
  const { 'certificate-authority-data': caData, 'certificate-authority': caFile } = cluster;
  const skipTLSVerify = cluster['insecure-skip-tls-verify'] === true;
  const server = (cluster.server ?? '').replace(/\/$/, '');
  const scheme = caData || caFile || skipTLSVerify ? 'https' : 'http';
  return {
    name,
    server: server === '' || server.includes('://') ? server : `${scheme}://${server}`,
    skipTLSVerify,
    ...(caData ? { caData } : caFile && { caFile }),
    ...(cluster['tls-server-name'] && { tlsServerName: cluster['tls-server-name'] }),
    ...(cluster['proxy-url'] && { proxyUrl: cluster['proxy-url'] }),
    ...(cluster.extensions && { extensions: cluster.extensions }),
  };
}

function toUser(name: string, user: FileUser): ClusterUser {
  const { 'client-certificate-data': certData, 'client-certificate': certFile } = user;
  const { 'client-key-data': keyData, 'client-key': keyFile } = user;
  return {
    name,
    ...(certData ? { certData } : certFile && { certFile }),
    ...(keyData ? { keyData } : keyFile && { keyFile }),
    ...(user.token && { token: user.token }),
    ...(user.tokenFile && { tokenFile: user.tokenFile }),
    ...(user.username && { username: user.username, password: user.password ?? '' }),
    ...(user.exec && { exec: user.exec }),
    ...(user['auth-provider'] && { authProvider: user['auth-provider'] }),
    ...(user.as && { impersonateUser: user.as }),
    impersonateGroups: user['as-groups'] ?? [],
    impersonateExtra: user['as-user-extra'] ?? {},
    ...(user['as-uid'] && { impersonateUid: user['as-uid'] }),
  };
}

/**
 * A configuration with one context only. Exec credentials are cached by user name, so two contexts with one user name
 * in one KubeConfig would share a token. Errors: CLUSTER_UNKNOWN, CONFIG_INVALID.
 */
export function onlyContext(config: KubeConfig, name: string): ClusterConfig {
  const context = config.getContextObject(name);
  if (!context)
    throw unknownCluster(
      name,
      config.getContexts().map((known) => known.name),
    );
  const cluster = config.getCluster(context.cluster);
  const user = context.user ? config.getUser(context.user) : { name: '' };
  const quoted = `The kubeconfig context "${plainLine(name, 80)}"`;
  if (!cluster) throw invalidContext(`${quoted} names the cluster "${plainLine(context.cluster, 80)}"`);
  if (!user) throw invalidContext(`${quoted} names the user "${plainLine(context.user, 80)}"`);
  if (!cluster.server)
    throw new SluiceError('CONFIG_INVALID', `${quoted}: its cluster "${plainLine(cluster.name, 80)}" has no server.`);
  return new ClusterConfig(context, cluster, user);
}

function invalidContext(names: string): SluiceError {
  return new SluiceError('CONFIG_INVALID', `${names}, which no kubeconfig file has.`, {
    next: 'Correct the context, or add the missing entry.',
  });
}

function unknownCluster(name: string, contexts: string[]): SluiceError {
  const asked = `No kubeconfig context is named "${plainLine(name, 80)}"`;
  if (contexts.length === 0)
    return new SluiceError('CLUSTER_UNKNOWN', `${asked}: there is no kubeconfig with contexts.`);
  const nearest = closest(name, contexts);
  return new SluiceError(
    'CLUSTER_UNKNOWN',
    `${asked}. Did you mean "${nearest}"? Contexts: ${plainLine(contexts.join(', '), 400)}.`,
    {
      details: { contexts, nearest },
    },
  );
}
