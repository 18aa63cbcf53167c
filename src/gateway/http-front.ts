import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SluiceError } from '../domain/errors.ts';
import type { Log } from '../observability/log.ts';
import { challenge, metadataAt, permit, proven, type GatewayAccess, type Wanted } from './access.ts';
import { isForeign } from './foreign.ts';
import type { Gateway } from './gateway.ts';
import { refuse, serveMcp } from './http-mcp.ts';
import { decoded, pathOf, servePage } from './http-pages.ts';

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
  /** If absent, nobody is asked who they are. */
  readonly access?: GatewayAccess | undefined;
}

/** What the requests of one front are answered with. */
type Served = Pick<FrontOptions, 'version' | 'access'> & { readonly gateway: Gateway };

/** Serves every server at /servers/<name>/mcp, its status beside it, and the counters at /metrics. */
export async function startHttpFront(gateway: Gateway, options: FrontOptions): Promise<HttpFront> {
  const { host, port, log, version, access } = options;
  const server = createServer((request, response) => {
    serve({ gateway, version, access }, request, response).catch((error: unknown) => {
      if (!(error instanceof SluiceError)) log.error({ err: error, url: request.url }, 'The gateway failed');
      const known = error instanceof SluiceError ? error : new SluiceError('INTERNAL', 'The gateway failed.');
      if (access) addChallenge(access, known, request, response);
      refuse(response, known);
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

async function serve(served: Served, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { gateway, access } = served;
  if (isForeign(request.headers, access?.publicUrl))
    throw new SluiceError('FOREIGN_ORIGIN', 'The request comes from a page of another site, or names another host.');
  const path = pathOf(request);
  const document = access && metadataAt(access, path);
  if (document) return sendMetadata(response, document);
  const [, name, label] = /^\/servers\/([^/]+)(?:\/versions\/([^/]+))?\/mcp\/?$/.exec(path) ?? [];
  const server = decoded(name);
  const caller = access && path !== '/healthz' ? await proven(access, request.headers) : undefined;
  if (access && caller) permit(access, caller, wantedOf(path, server));
  if (server === undefined) return servePage(served, path, request, response);
  return serveMcp(gateway, { server, wanted: decoded(label), caller }, request, response);
}

/** A comparison sends calls of users to another version, so reading is not enough for it. */
function wantedOf(path: string, server: string | undefined): Wanted {
  if (server !== undefined) return { permission: 'read', server, via: 'mcp' };
  const [, name, leaf] = /^\/servers\/([^/]+)\/([^/]+)\/?$/.exec(path) ?? [];
  const permission = leaf === 'replay' || leaf === 'mirror' ? 'operate' : 'read';
  return { permission, server: decoded(name), via: 'http' };
}

function addChallenge(
  access: GatewayAccess,
  error: SluiceError,
  { headers }: IncomingMessage,
  response: ServerResponse,
): void {
  const { code } = error;
  if (response.headersSent || (code !== 'UNAUTHENTICATED' && code !== 'PERMISSION_MISSING')) return;
  const sent = headers.authorization !== undefined || headers['proxy-authorization'] !== undefined;
  response.setHeader('www-authenticate', challenge(access, error, sent)).setHeader('cache-control', 'no-store');
}

function sendMetadata(response: ServerResponse, document: object): void {
  const headers = { 'access-control-allow-origin': '*', 'cache-control': 'max-age=3600' };
  response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(document));
}
