import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { SluiceError } from '../domain/errors.ts';
import type { Gateway } from '../gateway/gateway.ts';
import { refuse, serveMcp } from '../gateway/http-mcp.ts';
import { pathOf } from '../gateway/http-pages.ts';
import type { GatewayLog } from '../gateway/server-table.ts';
import type { BridgeOptions } from './options.ts';

export interface BridgeFront {
  readonly port: number;
  /** Goes on accepting requests for `leaveMs`, and then waits up to `drainMs` for the open ones. */
  drain(): Promise<void>;
}

/** A bridge has no other version that a caller could ask for. */
const WANTED = 'x-mcp-server-version';

/** Serves /mcp, /healthz and /metrics on all addresses of the machine. Errors: CONFIG_INVALID if the port is taken. */
export async function startBridgeFront(
  gateway: Gateway,
  options: BridgeOptions,
  log: GatewayLog,
): Promise<BridgeFront> {
  const front = new Front(gateway, options, log);
  await front.listen();
  return front;
}

class Front implements BridgeFront {
  readonly #gateway: Gateway;
  readonly #options: BridgeOptions;
  readonly #server: Server;
  readonly #open = new Set<ServerResponse>();
  #draining = false;

  constructor(gateway: Gateway, options: BridgeOptions, log: GatewayLog) {
    this.#gateway = gateway;
    this.#options = options;
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        if (!(error instanceof SluiceError)) log.error({ err: error, url: request.url }, 'The bridge failed');
        refuse(response, error instanceof SluiceError ? error : new SluiceError('INTERNAL', 'The bridge failed.'));
      });
    });
    // A stream of a session stays open for as long as its caller wants.
    this.#server.requestTimeout = 0;
    this.#server.keepAliveTimeout = 75_000;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  listen(): Promise<void> {
    const { port } = this.#options;
    return new Promise((resolve, reject) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) =>
        reject(error.code === 'EADDRINUSE' ? new SluiceError('CONFIG_INVALID', `Port ${port} is taken.`) : error),
      );
      this.#server.listen(port, () => resolve());
    });
  }

  async drain(): Promise<void> {
    const { leaveMs, drainMs } = this.#options;
    this.#draining = true;
    await sleep(leaveMs);
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeIdleConnections();
    const until = Date.now() + drainMs;
    while (this.#open.size > 0 && Date.now() < until) await sleep(50);
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (this.#draining) response.setHeader('connection', 'close');
    const path = pathOf(request);
    if (path === '/healthz') return this.#health(response);
    if (path === '/metrics')
      return void response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(this.#gateway.metrics());
    if (path !== '/mcp' && path !== '/mcp/')
      throw new SluiceError('PATH_NOT_FOUND', `There is nothing at ${path.slice(0, 200)}.`, {
        next: 'The MCP server is at /mcp, its health at /healthz, counters at /metrics.',
      });
    requireOwnOrigin(request, this.#options.origins);
    delete request.headers[WANTED];
    // A stream of events has no end of its own, so nothing waits for it.
    if (request.method === 'POST') this.#count(response);
    return serveMcp(
      this.#gateway,
      { server: this.#options.name, wanted: undefined, caller: undefined },
      request,
      response,
    );
  }

  #count(response: ServerResponse): void {
    this.#open.add(response);
    response.once('close', () => this.#open.delete(response));
  }

  /** 200 only if the server has answered the last ping, and the bridge is not about to end. */
  #health(response: ServerResponse): void {
    const [version] = this.#gateway.status(this.#options.name).versions;
    const { state = 'unknown', reason } = version?.health ?? {};
    const status = this.#draining ? 'draining' : NAMES[state];
    const body = { status, ...(status === 'unhealthy' && reason !== undefined ? { reason } : {}) };
    response
      .writeHead(status === 'ok' ? 200 : 503, { 'content-type': 'application/json', 'cache-control': 'no-store' })
      .end(`${JSON.stringify(body)}\n`);
  }
}

const NAMES = { healthy: 'ok', unknown: 'starting', unhealthy: 'unhealthy' } as const;

/**
 * A page in a browser on the network of the pod must not reach the server through its user (the specification of
 * Streamable HTTP asks for this). Errors: FOREIGN_ORIGIN.
 */
function requireOwnOrigin({ headers: { origin } }: IncomingMessage, allowed: readonly string[]): void {
  if (origin === undefined || allowed.includes(origin)) return;
  throw new SluiceError('FOREIGN_ORIGIN', `The request comes from a page of ${origin.slice(0, 200)}.`, {
    next: 'Call without the header Origin, or start the bridge with --allow-origin.',
  });
}
