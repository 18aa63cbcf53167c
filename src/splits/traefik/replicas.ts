import { z } from 'zod';
import type { ClusterClient } from '../../adapters/kubernetes/cluster-client.ts';
import { POD } from '../../adapters/kubernetes/kinds.ts';
import { whyNoAnswer } from '../../adapters/kubernetes/no-answer.ts';
import { plainLine } from '../../adapters/kubernetes/text.ts';

/** How to reach the APIs of all Traefik replicas. */
export type TraefikApis =
  | { readonly urls: readonly string[] }
  /** They are reached through the API server's pod proxy. `selector`: a label selector. */
  | { readonly pods: { readonly namespace: string; readonly selector: string; readonly port: number } }
  | { readonly none: true };

/** One value for every cluster, or one by kubeconfig context. */
export type ApisOf = TraefikApis | ((cluster: string) => Promise<TraefikApis>);

/** One replica. `get` returns the body of a 200. Otherwise it throws an error whose message is fit for users. */
export interface Replica {
  readonly name: string;
  readonly get: (path: string) => Promise<string>;
}

/** Timeout of a request, because a silent replica must not delay a release's loop. */
const REPLICA_TIMEOUT_MS = 1_000;

const Pod = z.object({
  metadata: z.object({ name: z.string(), deletionTimestamp: z.string().optional() }),
  status: z.object({ phase: z.string().optional() }).optional(),
});

/**
 * All current replicas. Matching pods that are not running are left out, because they proxy nothing. Errors: those of
 * the cluster client.
 */
export async function listReplicas(client: ClusterClient, apisOf: ApisOf): Promise<readonly Replica[]> {
  const apis = typeof apisOf === 'function' ? await apisOf(client.cluster) : apisOf;
  if ('urls' in apis) return apis.urls.map(urlReplica);
  if (!('pods' in apis)) return [];
  const { namespace, selector, port } = apis.pods;
  const pods = z.array(Pod).parse(await client.list(POD, namespace, selector));
  const running = pods.filter((pod) => pod.status?.phase === 'Running' && !pod.metadata.deletionTimestamp);
  if (running.length > 0)
    return running.map(({ metadata }) => podReplica(client, { namespace, name: metadata.name, port }));
  // An empty list would mean "no API configured". Here an API is configured, but no pod serves it.
  return [{ name: `${namespace}/${selector}`, get: () => Promise.reject(new Error('no running Traefik pod matches')) }];
}

/** Whether the API of a replica answers. `error`: why not. */
export async function answering({
  name,
  get,
}: Replica): Promise<{ readonly replica: string; readonly error?: string }> {
  return get('/api/version').then(
    () => ({ replica: name }),
    (error: unknown) => ({ replica: name, error: error instanceof Error ? error.message : String(error) }),
  );
}

function podReplica(client: ClusterClient, pod: { namespace: string; name: string; port: number }): Replica {
  return {
    name: `${pod.namespace}/${pod.name}`,
    async get(path) {
      const { status, body } = await client.podGet(pod, path, REPLICA_TIMEOUT_MS);
      return bodyOf(status, body);
    },
  };
}

function urlReplica(text: string): Replica {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url) return { name: plainLine(text, 80), get: () => Promise.reject(new Error('not a URL')) };
  return {
    name: url.host,
    async get(path) {
      const { status, body } = await fetchText(url.origin + url.pathname.replace(/\/+$/, '') + path, credentials(url));
      return bodyOf(status, body);
    },
  };
}

async function fetchText(url: string, headers: Record<string, string>): Promise<{ status: number; body: string }> {
  try {
    const response = await fetch(url, { headers, redirect: 'error', signal: AbortSignal.timeout(REPLICA_TIMEOUT_MS) });
    return { status: response.status, body: await response.text() };
  } catch (cause) {
    throw new Error(whyNoAnswer(cause, REPLICA_TIMEOUT_MS), { cause });
  }
}

/** fetch refuses credentials in a URL, so they become a header. */
function credentials(url: URL): Record<string, string> {
  if (!url.username) return {};
  const pair = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  return { Authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}

/** Traefik answered that it has nothing of that name. */
export class UnknownToTraefik extends Error {}

function bodyOf(status: number, body: string): string {
  if (status === 200) return body;
  if (status === 404) throw new UnknownToTraefik('does not know the service');
  throw new Error(`answered ${status}: ${plainLine(body, 80)}`);
}
