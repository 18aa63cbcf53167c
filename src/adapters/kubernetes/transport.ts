import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import type { Opened } from './channels.ts';
import { presentTrace } from '../../observability/tracing/spans.ts';
import { actingAccount } from '../../ports/acting-account.ts';
import { createConnections, type Connection } from './connections.ts';
import { impersonationHeaders } from './impersonation.ts';
import { traced } from './traced.ts';

export interface ApiRequest {
  readonly method: 'GET' | 'HEAD' | 'PATCH' | 'POST' | 'DELETE';
  /** Path from the server's root, with the query. */
  readonly path: string;
  readonly contentType?: string;
  /** The wanted form of the answer. Default: application/json. */
  readonly accept?: string;
  readonly body?: unknown;
  /** A body that is no JSON of ours, in place of `body`. */
  readonly text?: string;
  /** For what is behind the API server. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

export interface ApiResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An answer whose body arrives in pieces, until the server or `signal` ends it. */
export interface ApiStream {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** Sends requests to one cluster. It rejects on a network failure and after the timeout, never because of a status. */
export interface Transport {
  send(request: ApiRequest): Promise<ApiResponse>;
  /**
   * `timeoutMs` limits the time until the answer begins. Aborting `signal` ends the body with an error. The connection
   * does not keep the process alive.
   */
  open(request: ApiRequest, signal: AbortSignal): Promise<ApiStream>;
  /** Opens a WebSocket. Aborting `signal` breaks it. */
  channels(
    path: string,
    options: { readonly protocols: readonly string[]; readonly timeoutMs: number; readonly signal: AbortSignal },
  ): Promise<Opened>;
}

/**
 * Sends requests to the one cluster of `config` with Node's own client. client-node's client (fetch) needs 50 % more
 * CPU time for each request, and creates a connection pool for each.
 */
export function createTransport(config: KubeConfig & { renew?: () => boolean }): Transport {
  const connect = asActing(createConnections(config));
  const begin = async (request: ApiRequest, signal: AbortSignal): Promise<IncomingMessage> => {
    // Credential plug-ins are processes that may hang, and they do not support the abort signal.
    const { server, options } = await Promise.race([connect(), aborted(signal)]);
    return answerTo(new URL(server + request.path), options, request, signal);
  };
  return {
    async send(request) {
      const signal = AbortSignal.timeout(request.timeoutMs);
      const once = async (): Promise<ApiResponse> => {
        const response = await begin(request, signal);
        return { ...headOf(response), body: await textOf(unpacked(response)) };
      };
      return failingAs(signal, () =>
        traced(request, async () => {
          const response = await once();
          // The token was rotated meanwhile. The request was not carried out, so it is safe to send it again.
          return response.status === 401 && config.renew?.() ? once() : response;
        }),
      );
    },
    async open(request, signal) {
      const late = new AbortController();
      const timer = setTimeout(
        () => late.abort(new DOMException('no answer in time', 'TimeoutError')),
        request.timeoutMs,
      );
      const either = AbortSignal.any([signal, late.signal]);
      try {
        const response = await failingAs(either, () => begin(request, either));
        response.socket.unref();
        return { ...headOf(response), chunks: unpacked(response) };
      } finally {
        clearTimeout(timer);
      }
    },
    channels: async (path, options) => (await import('./channels.ts')).openChannels(await connect(), path, options),
  };
}

/** A call may act for an account. It is set for each request, because connections are shared. */
function asActing(connect: () => Promise<Connection>): () => Promise<Connection> {
  return async () => {
    const account = actingAccount();
    const connection = await connect();
    if (!account) return connection;
    const { options, ...rest } = connection;
    return { ...rest, options: { ...options, headers: { ...options.headers, ...impersonationHeaders(account) } } };
  };
}

function answerTo(
  url: URL,
  options: RequestOptions,
  { method, body, text, contentType, accept = 'application/json', headers: more }: ApiRequest,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const content = body === undefined ? text : JSON.stringify(body);
  const headers = {
    ...options.headers,
    accept,
    'accept-encoding': 'gzip',
    // The API server continues a trace if its own tracing is on.
    ...presentTrace(),
    ...(contentType && { 'content-type': contentType }),
    ...more,
    // Node omits the length for DELETE. The server would then read the body as the next request on the connection.
    ...(content !== undefined && { 'content-length': Buffer.byteLength(content) }),
  };
  const send = url.protocol === 'http:' ? httpRequest : httpsRequest;
  return new Promise((resolve, reject) => {
    const outgoing: ClientRequest = send(url, { ...options, method, headers, signal }, resolve);
    // An abort is told more than once.
    outgoing.on('error', reject);
    outgoing.end(content);
  });
}

function headOf({ statusCode = 0, headers }: IncomingMessage): Pick<ApiResponse, 'status' | 'headers'> {
  return {
    status: statusCode,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
  };
}

function unpacked(response: IncomingMessage): Readable {
  if (response.headers['content-encoding'] !== 'gzip') return response;
  // The reader gets a failure through the decompression stream.
  return pipeline(response, createGunzip(), () => undefined);
}

async function textOf(body: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** An aborted request fails in many ways. The signal has the reason. */
async function failingAs<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) =>
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }),
  );
}
