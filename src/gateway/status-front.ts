import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ERRORS, SluiceError } from '../domain/errors.ts';
import { failureMessage } from './failure.ts';
import { isForeign } from './foreign.ts';
import type { HttpFront } from './http-front.ts';
import { pathOf, servePage, type Shown } from './http-pages.ts';

/**
 * The pages of a process that serves its client over stdio, on a free port of loopback. Its address has a path
 * that only those know who can read where it is written down. It serves no messages of MCP.
 */
export async function startStatusFront(shown: Shown): Promise<HttpFront> {
  const base = `/${randomUUID()}`;
  const server = createServer((request, response) => {
    page(shown, base, request, response).catch((error: unknown) => refuse(response, error));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${base}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function page(shown: Shown, base: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = pathOf(request);
  if (isForeign(request.headers) || !path.startsWith(`${base}/`))
    throw new SluiceError('PATH_NOT_FOUND', 'There is nothing at this path.');
  return servePage(shown, path.slice(base.length), request, response);
}

function refuse(response: ServerResponse, error: unknown): void {
  if (response.headersSent) return void response.destroy();
  const known = error instanceof SluiceError ? error : new SluiceError('INTERNAL', 'The gateway failed.');
  response.writeHead(ERRORS[known.code].http, { 'content-type': 'application/json' }).end(failureMessage(known, null));
}
