import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { isFields, readMessage, textAt } from '../domain/gateway/message.ts';
import { ERRORS, SluiceError } from '../domain/errors.ts';
import type { Log } from '../observability/log.ts';
import { failureMessage } from './failure.ts';
import type { Gateway } from './gateway.ts';
import { HttpAnswer } from './http-answer.ts';
import type { Inbound } from './inbound.ts';
import { parseOrNothing } from './json.ts';
import { isForeign } from './foreign.ts';
import { principalOf, type Principal } from './principal.ts';
import { bodyOf, decoded, pathOf, servePage } from './http-pages.ts';

/** The header in which a caller asks for a version. Answers do not repeat it. */
const WANTED = 'x-mcp-server-version';

/** Headers that concern one connection only, or that the gateway sets itself. */
const NOT_PASSED = new Set([
  ...['connection', 'keep-alive', 'proxy-authorization', 'proxy-connection', 'te', 'trailer', 'transfer-encoding'],
  ...['upgrade', 'host', 'content-length', 'expect', 'origin', 'accept-encoding', 'mcp-session-id', WANTED],
]);

export interface HttpFront {
  /** The address without a path, as in http://127.0.0.1:8766. */
  readonly url: string;
  close(): Promise<void>;
}

export interface FrontOptions {
  readonly host: string;
  readonly port: number;
  readonly log: Log;
  /** Of Sluice. */
  readonly version: string;
}

/** Serves every server at /servers/<name>/mcp, its status beside it, and the counters at /metrics. */
export async function startHttpFront(gateway: Gateway, { host, port, log, version }: FrontOptions): Promise<HttpFront> {
  const server = createServer((request, response) => {
    serve(gateway, version, request, response).catch((error: unknown) => {
      if (!(error instanceof SluiceError)) log.error({ err: error, url: request.url }, 'The gateway failed');
      refuse(response, error instanceof SluiceError ? error : new SluiceError('INTERNAL', 'The gateway failed.'));
    });
  });
  // A stream of a session stays open for as long as its caller wants.
  server.requestTimeout = 0;
  // Some clients use a connection again after a long time, and lose a call if it was closed in the meantime.
  server.keepAliveTimeout = 75_000;
  await listening(server, host, port);
  const at = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${at.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE'
          ? new SluiceError('CONFIG_INVALID', `Port ${port} on ${host} is taken.`, {
              next: 'Set SLUICE_GATEWAY_PORT to a free port, or to 0.',
            })
          : error,
      ),
    );
    server.listen(port, host, () => resolve());
  });
}

async function serve(
  gateway: Gateway,
  version: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (isForeign(request.headers))
    throw new SluiceError('FOREIGN_ORIGIN', 'The request comes from a page of another site, or names another host.');
  const path = pathOf(request);
  const [, name, label] = /^\/servers\/([^/]+)(?:\/versions\/([^/]+))?\/mcp\/?$/.exec(path) ?? [];
  const server = decoded(name);
  if (server !== undefined) return mcp(gateway, { server, wanted: decoded(label) }, request, response);
  return servePage({ gateway, version }, path, request, response);
}

/** What the address names. `wanted`: the version, if the address names one. */
interface Addressed {
  readonly server: string;
  readonly wanted: string | undefined;
}

async function mcp(
  gateway: Gateway,
  addressed: Addressed,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => response.writableFinished || gone.abort());
  const inbound = inboundOf(addressed, request, gone.signal);
  if (request.method === 'POST') return post(gateway, inbound, request, response);
  if (request.method === 'GET' && inbound.session !== undefined)
    return gateway.listen(inbound, new HttpAnswer(response, { stream: true }));
  if (request.method === 'DELETE' && inbound.session !== undefined) {
    await gateway.endSession(inbound);
    return void response.writeHead(200).end();
  }
  response.setHeader('allow', 'POST');
  throw new SluiceError('METHOD_NOT_ALLOWED', `${request.method ?? ''} needs a session here.`);
}

async function post(
  gateway: Gateway,
  inbound: Inbound,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const text = await bodyOf(request);
  const message = readMessage(parseOrNothing(text));
  if (!message) throw new SluiceError('GATEWAY_MESSAGE_INVALID', 'The body is not a JSON-RPC message.');
  const answer = new HttpAnswer(response, { id: message.kind === 'request' ? message.id : undefined });
  const principal = withClient(inbound.principal, message.params);
  try {
    gateway.send({ ...inbound, principal, text, message }, answer);
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    answer.fail(error);
  }
}

function inboundOf({ server, wanted }: Addressed, { headers, socket }: IncomingMessage, signal: AbortSignal): Inbound {
  const text = (name: string): string | undefined => {
    const value = headers[name];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const principal = principalOf(headers, socket.remoteAddress ?? '');
  const session = text('mcp-session-id');
  return { server, principal, session, wanted: wanted ?? text(WANTED), headers: passed(headers), signal };
}

/** Callers at one address are told apart by the name of their client. */
function withClient(principal: Principal, params: Readonly<Record<string, unknown>>): Principal {
  if (principal.known || !isFields(params['_meta'])) return principal;
  const client = params['_meta']['io.modelcontextprotocol/clientInfo'];
  if (!isFields(client)) return principal;
  return { ...principal, key: `${principal.key} ${textAt(client, 'name') ?? ''} ${textAt(client, 'version') ?? ''}` };
}

function passed(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined || NOT_PASSED.has(name) ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  );
}

function refuse(response: ServerResponse, error: SluiceError): void {
  if (response.headersSent) return void response.destroy();
  response.writeHead(ERRORS[error.code].http, { 'content-type': 'application/json' }).end(failureMessage(error, null));
}
