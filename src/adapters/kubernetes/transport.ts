import { request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest, type RequestOptions } from 'node:https';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { createConnections } from './connections.ts';

export interface ApiRequest {
  readonly method: 'GET' | 'PATCH' | 'POST' | 'DELETE';
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
  /**
   * `timeoutMs` limits the time until the answer begins. Aborting `signal` ends the body with an error. The connection
   * does not keep the process alive.
   */
  open(request: ApiRequest, signal: AbortSignal): Promise<ApiStream>;
}

/**
 * Sends requests to the one cluster of `config`. With Node's own client: client-node's (fetch) takes half as much again
 * of
 * the processor for each request, and makes a connection pool for each.
 */
export function createTransport(config: KubeConfig & { renew?: () => boolean }): Transport {
  const connect = createConnections(config);
  const begin = async (request: ApiRequest, signal: AbortSignal): Promise<IncomingMessage> => {
    // Credential plug-ins are processes that may hang, and know no signal.
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
      return failingAs(signal, async () => {
        const response = await once();
        // A token that was rotated meanwhile: the request was not carried out, so a second one is safe.
        return response.status === 401 && config.renew?.() ? once() : response;
      });
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
  };
}

function answerTo(
  url: URL,
  options: RequestOptions,
  { method, body, contentType }: ApiRequest,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  const content = body === undefined ? undefined : JSON.stringify(body);
  const headers = {
    ...options.headers,
    accept: 'application/json',
    'accept-encoding': 'gzip',
    ...(contentType && { 'content-type': contentType }),
    // Node leaves the length out for DELETE; the server then takes the body for the next request on the connection.
    ...(content !== undefined && { 'content-length': Buffer.byteLength(content) }),
  };
  const send = url.protocol === 'http:' ? httpRequest : httpsRequest;
  return new Promise((resolve, reject) => {
    const outgoing: ClientRequest = send(url, { ...options, method, headers, signal }, resolve);
    outgoing.once('error', reject);
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
  // A failure reaches the reader through the unpacking end.
  return pipeline(response, createGunzip(), () => undefined);
}

async function textOf(body: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

/** An aborted request fails in many ways; the reason is the signal's. */
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
