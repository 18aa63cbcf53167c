import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SluiceError } from '../domain/errors.ts';
import type { Found } from './readiness.ts';

/** What the pages show. */
export interface Status {
  readonly version: string;
  readonly ready: () => Promise<readonly Found[]>;
  /** The figures in the text format of Prometheus. */
  readonly metrics: () => Promise<string>;
}

export interface StatusServer {
  /** Its address, without a path. */
  readonly url: string;
  close(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** The media type of Prometheus' text format. */
const TEXT_FORMAT = 'text/plain; version=0.0.4; charset=utf-8';

/**
 * Serves /healthz (the process answers), /readyz (what it needs answers too) and /metrics. These pages ask for no
 * credentials, because probes and Prometheus often have none. They show codes and counts, and neither names of targets
 * nor addresses. Errors: CONFIG_INVALID when the port is taken.
 */
export async function startStatusServer(
  { host, port }: { readonly host: string; readonly port: number },
  status: Status,
): Promise<StatusServer> {
  const server = createServer((request, response) => {
    answer(status, request).then(
      (page) => send(response, page),
      () => send(response, json(500, { status: 'failed' })),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(refused(error, host, port)));
    server.listen(port, host, resolve);
  });
  // A free port is asked for with 0.
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${taken}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(status: Status, { method, url = '' }: IncomingMessage): Promise<Answer> {
  if (method !== 'GET' && method !== 'HEAD') return json(405, { status: 'only GET and HEAD' });
  const page = PAGES[url.split('?', 1)[0] ?? ''];
  return page ? page(status) : json(404, { status: 'pages are /healthz, /readyz and /metrics' });
}

const PAGES: Readonly<Record<string, (status: Status) => Promise<Answer>>> = {
  __proto__: null as never,
  '/healthz': async ({ version }) => json(200, { status: 'ok', version }),
  '/readyz': async ({ ready }) => {
    const found = await ready();
    const isReady = found.every(({ reason }) => reason === undefined);
    const checks = Object.fromEntries(found.map(({ name, reason }) => [name, reason ?? 'ok']));
    return json(isReady ? 200 : 503, { status: isReady ? 'ready' : 'not ready', checks });
  },
  '/metrics': async ({ metrics }) => ({ status: 200, type: TEXT_FORMAT, body: await metrics() }),
};

function json(status: number, body: object): Answer {
  return { status, type: 'application/json', body: `${JSON.stringify(body)}\n` };
}

function send(response: ServerResponse, { status, type, body }: Answer): void {
  response.writeHead(status, { 'content-type': type, 'cache-control': 'no-store' }).end(body);
}

function refused(error: Error, host: string, port: number): Error {
  if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') return error;
  return new SluiceError('CONFIG_INVALID', `Port ${port} on ${host}, for the status pages, is taken.`, {
    next: 'Set SLUICE_STATUS_PORT to a free port, or to 0. Worker and server on one machine need two.',
    cause: error,
  });
}
