// The whole package costs 0.4 s to import, this file of it half of that; the version is pinned exactly.
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { closest } from 'fastest-levenshtein';
import { SluiceError } from '../../domain/errors.ts';
import { plainLine } from './text.ts';

/** What client-node makes up when it finds no configuration at all. */
const PLACEHOLDER = 'http://localhost:8080';

/**
 * Reads `path`, or what kubectl would: KUBECONFIG, the home file, the service account of the pod.
 * No configuration anywhere gives no contexts. Errors: CONFIG_INVALID.
 */
export function loadKubeConfig(path?: string): KubeConfig {
  const config = new KubeConfig();
  try {
    if (path) config.loadFromFile(path);
    else config.loadFromDefault();
  } catch (cause) {
    throw new SluiceError(
      'CONFIG_INVALID',
      `The kubeconfig cannot be read: ${plainLine(String((cause as Error).message))}`,
      { cause },
    );
  }
  return config.getCurrentCluster()?.server === PLACEHOLDER ? emptyConfig() : config;
}

function emptyConfig(): KubeConfig {
  const config = new KubeConfig();
  config.loadFromOptions({ clusters: [], users: [], contexts: [], currentContext: '' });
  return config;
}

/**
 * A configuration of one context alone. Exec credentials are cached by user name, so two contexts with
 * one user name would share a token if they shared a KubeConfig. Errors: CLUSTER_UNKNOWN.
 */
export function onlyContext(config: KubeConfig, name: string): KubeConfig {
  const context = config.getContextObject(name);
  const cluster = context && config.getCluster(context.cluster);
  const user = context && config.getUser(context.user);
  if (!context || !cluster)
    throw unknownCluster(
      name,
      config.getContexts().map((known) => known.name),
    );
  const only = new KubeConfig();
  only.loadFromOptions({ clusters: [cluster], users: user ? [user] : [], contexts: [context], currentContext: name });
  return only;
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
