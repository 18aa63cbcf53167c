import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent, type RequestOptions } from 'node:https';
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';

/** The URL, the headers and the agent of a request. */
export interface Connection {
  /** Without a slash at its end. */
  readonly server: string;
  readonly options: RequestOptions;
}

/**
 * Shorter than the time after which an API server closes an idle connection (90 s), so that no request uses a closing
 * connection.
 */
const IDLE_MS = 60_000;

/**
 * Returns how to reach the one cluster of `config`. Headers are always new, because tokens expire. Connections are
 * reused as long as the certificates stay the same. Errors: those of credential plug-ins, and for plain HTTP without
 * skipTLSVerify.
 */
export function createConnections(config: KubeConfig): () => Promise<Connection> {
  let pool: { readonly parts: readonly unknown[]; readonly agent: NonNullable<RequestOptions['agent']> } | undefined;
  return async () => {
    const options: RequestOptions = {};
    await config.applyToHTTPSOptions(options);
    const parts = partsOf(options);
    if (!pool || !same(pool.parts, parts)) pool = { parts, agent: await newAgent(config, options) };
    return {
      server: config.getCurrentCluster()?.server.replace(/\/+$/, '') ?? '',
      options: { ...options, agent: pool.agent },
    };
  };
}

/**
 * The agents of client-node do not reuse connections, and it creates one agent only once. Through a proxy its own
 * agents are used nevertheless.
 */
async function newAgent(
  config: KubeConfig,
  { ca, cert, key, pfx, passphrase, servername, rejectUnauthorized }: RequestOptions,
): Promise<NonNullable<RequestOptions['agent']>> {
  const cluster = config.getCurrentCluster();
  if (cluster?.proxyUrl) return (await withoutItsAgents(config)).agent ?? false;
  if (cluster?.server.startsWith('http:')) return new HttpAgent({ keepAlive: true, timeout: IDLE_MS });
  const tls = Object.fromEntries(
    Object.entries({ ca, cert, key, pfx, passphrase, servername, rejectUnauthorized }).filter(
      ([, value]) => value !== undefined && value !== null,
    ),
  );
  return new HttpsAgent({ ...tls, keepAlive: true, timeout: IDLE_MS });
}

async function withoutItsAgents(config: KubeConfig): Promise<RequestOptions> {
  const fresh = new KubeConfig();
  fresh.loadFromOptions({
    clusters: config.getClusters(),
    users: config.getUsers(),
    contexts: config.getContexts(),
    currentContext: config.getCurrentContext(),
  });
  const options: RequestOptions = {};
  await fresh.applyToHTTPSOptions(options);
  return options;
}

const partsOf = (tls: RequestOptions): readonly unknown[] => [
  tls.ca,
  tls.cert,
  tls.key,
  tls.pfx,
  tls.passphrase,
  tls.servername,
  tls.rejectUnauthorized,
];

function same(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.every((part, index) =>
    Buffer.isBuffer(part) ? Buffer.isBuffer(b[index]) && part.equals(b[index]) : part === b[index],
  );
}
