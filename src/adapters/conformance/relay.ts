import { randomUUID } from 'node:crypto';
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { request as requestTls } from 'node:https';
import type { AddressInfo } from 'node:net';

/**
 * An address of loopback that adds a credential to each request for `url`, while `use` runs. The suite cannot send one.
 * The path of the address is random, so no other account of this machine can use the credential.
 */
export async function withCredential<T>(
  url: string,
  token: string | undefined,
  use: (url: string) => Promise<T>,
): Promise<T> {
  if (token === undefined) return use(url);
  const path = `/${randomUUID()}`;
  const server = createServer((incoming, response) => {
    if (incoming.url === path) forward(incoming, response, new URL(url), token);
    else response.writeHead(404).end();
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

function forward(incoming: IncomingMessage, response: ServerResponse, url: URL, token: string): void {
  const { method, headers } = incoming;
  const sent = { ...headers, host: url.host, authorization: `Bearer ${token}` };
  const outgoing = (url.protocol === 'https:' ? requestTls : request)(url, { method, headers: sent }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response).on('error', () => undefined);
    answer.on('error', () => response.destroy());
  });
  outgoing.on('error', () => (response.headersSent ? response.destroy() : response.writeHead(502).end()));
  response.once('close', () => outgoing.destroy());
  incoming.pipe(outgoing);
}
