import { createHash } from 'node:crypto';
import type { RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { HttpMethod, IsomorphicFetchHttpLibrary, RequestContext } from '@kubernetes/client-node/dist/gen/http/http.js';

export interface ApiRequest {
  readonly method: 'GET' | 'PATCH' | 'DELETE';
  /** From the server's root, query included. */
  readonly path: string;
  readonly contentType?: string;
  readonly body?: unknown;
  readonly timeoutMs: number;
}

export interface ApiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export type Transport = (request: ApiRequest) => Promise<ApiResponse>;

/** Sends requests to the one cluster of `config`. Rejects on network failure and after the timeout, never for a status. */
export function createTransport(config: KubeConfig): Transport {
  const http = new IsomorphicFetchHttpLibrary();
  const connections = createConnections(config);
  return async (request) => {
    const server = config.getCurrentCluster()?.server.replace(/\/+$/, '') ?? '';
    const context = new RequestContext(server + request.path, HttpMethod[request.method]);
    const signal = AbortSignal.timeout(request.timeoutMs);
    context.setSignal(signal);
    // Credential plug-ins are processes that may hang, and know no signal.
    await Promise.race([connections.apply(context), aborted(signal)]);
    if (request.contentType) context.setHeaderParam('Content-Type', request.contentType);
    context.setHeaderParam('Accept', 'application/json');
    if (request.body !== undefined) context.setBody(JSON.stringify(request.body));
    const response = await http.send(context).toPromise();
    return { status: response.httpStatusCode, headers: response.headers, body: await response.body.text() };
  };
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }));
}

type Dispatcher = NonNullable<ReturnType<RequestContext['getDispatcher']>>;

/**
 * client-node makes a new connection pool for every request: a TLS handshake each time, and sockets that
 * nobody closes. Keep one pool for as long as the certificates stay the same; headers are always fresh.
 */
function createConnections(config: KubeConfig): { apply(context: RequestContext): Promise<void> } {
  let pool: { key: string; dispatcher: Dispatcher | undefined } | undefined;
  return {
    async apply(context) {
      const credentials: RequestOptions = {};
      await config.applyToHTTPSOptions(credentials);
      const key = fingerprint(credentials);
      if (pool?.key !== key) pool = { key, dispatcher: await newDispatcher(config) };
      if (pool.dispatcher) context.setDispatcher(pool.dispatcher);
      if (credentials.auth) context.setHeaderParam('Authorization', `Basic ${Buffer.from(credentials.auth).toString('base64')}`);
      for (const [name, value] of Object.entries(credentials.headers ?? {})) context.setHeaderParam(name, String(value));
    },
  };
}

async function newDispatcher(config: KubeConfig): Promise<Dispatcher | undefined> {
  const context = new RequestContext('https://unused.invalid', HttpMethod.GET);
  await config.applySecurityAuthentication(context);
  return context.getDispatcher();
}

function fingerprint(tls: RequestOptions): string {
  const hash = createHash('sha256');
  for (const part of [tls.ca, tls.cert, tls.key, tls.pfx, tls.passphrase, tls.servername, tls.rejectUnauthorized]) {
    hash.update(`${JSON.stringify(part)}\n`);
  }
  return hash.digest('hex');
}
