import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const PATH = '/callback';
const PAGE = (text: string): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><title>Sluice</title><p>${text}</p></html>\n`;

export interface LoopbackRedirect {
  /** Where the browser is sent back to. */
  readonly uri: string;
  /** The first address with which the browser comes back. Rejects with the reason of `signal`. */
  answer(signal: AbortSignal): Promise<URL>;
  close(): void;
}

/**
 * Listens on a free port of 127.0.0.1 for one redirect of an authorization server (RFC 8252, section 7.3). Nothing of
 * the request is put into the page.
 */
export async function listenForRedirect(): Promise<LoopbackRedirect> {
  let found: (url: URL) => void = () => undefined;
  const answered = new Promise<URL>((resolve) => (found = resolve));
  const server = createServer(({ url = '' }, response) => {
    const at = new URL(url, 'http://127.0.0.1');
    if (at.pathname !== PATH || !(at.searchParams.has('code') || at.searchParams.has('error')))
      return send(response, 404, 'There is nothing here.');
    send(
      response,
      200,
      'Sluice has the answer. You can close this page; the command line says whether you are logged in.',
    );
    found(at);
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
  const uri = `http://127.0.0.1:${(server.address() as AddressInfo).port}${PATH}`;
  return {
    uri,
    async answer(signal) {
      const url = await Promise.race([answered, aborted(signal)]);
      return new URL(`${uri}${url.search}`);
    },
    close: () => {
      server.close();
      server.closeIdleConnections();
    },
  };
}

function send(response: ServerResponse, status: number, text: string): void {
  const headers = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', connection: 'close' };
  response.writeHead(status, { ...headers, 'content-security-policy': "default-src 'none'" }).end(PAGE(text));
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = () => reject(signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason)));
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
  });
}
