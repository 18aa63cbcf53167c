import { createHash } from 'node:crypto';
import type { RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { HttpMethod, IsomorphicFetchHttpLibrary, RequestContext } from '@kubernetes/client-node/dist/gen/http/http.js';

export interface ApiRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
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

/** An answer whose body comes piece by piece, for as long as the server and `signal` let it. */
export interface ApiStream {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** The way to one cluster. Rejects on network failure and after the timeout, never for a status. */
export interface Transport {
  send(request: ApiRequest): Promise<ApiResponse>;
  /** `timeoutMs` is the limit of the answer's beginning. Aborting `signal` ends the body with an error. */
  open(request: ApiRequest, signal: AbortSignal): Promise<ApiStream>;
}

/** Sends requests to the one cluster of `config`. */
export function createTransport(config: KubeConfig): Transport {
  const http = new IsomorphicFetchHttpLibrary();
  const connections = createConnections(config);
  const begin = async (request: ApiRequest, signal: AbortSignal) => {
    const server = config.getCurrentCluster()?.server.replace(/\/+$/, '') ?? '';
    const context = new RequestContext(server + request.path, HttpMethod[request.method]);
    context.setSignal(signal);
    // Credential plug-ins are processes that may hang, and know no signal.
    await Promise.race([connections.apply(context), aborted(signal)]);
    if (request.contentType) context.setHeaderParam('Content-Type', request.contentType);
    context.setHeaderParam('Accept', 'application/json');
    if (request.body !== undefined) context.setBody(JSON.stringify(request.body));
    return http.send(context).toPromise();
  };
  return {
    async send(request) {
      const response = await begin(request, AbortSignal.timeout(request.timeoutMs));
      return { status: response.httpStatusCode, headers: response.headers, body: await response.body.text() };
    },
    async open(request, signal) {
      const late = new AbortController();
      const timer = setTimeout(() => late.abort(new DOMException('no answer in time', 'TimeoutError')), request.timeoutMs);
      try {
        const response = await begin(request, AbortSignal.any([signal, late.signal]));
        return { status: response.httpStatusCode, headers: response.headers, chunks: response.body.stream() as unknown as AsyncIterable<Uint8Array> };
      } finally {
        clearTimeout(timer);
      }
    },
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
