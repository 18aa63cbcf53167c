import type { IncomingMessage, ServerResponse } from 'node:http';
import { isFields } from '../domain/gateway/message.ts';
import { SluiceError } from '../domain/errors.ts';
import type { Gateway } from './gateway.ts';
import { parseOrNothing } from './json.ts';
import { streamServerEvents } from './server-events.ts';

/** Maximum size of a caller's message in bytes. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;

/** The process whose state the pages show. `version`: of Sluice. */
export interface Shown {
  readonly gateway: Gateway;
  readonly version: string;
}

/** Answers with what the process has in force, or does. Errors: PATH_NOT_FOUND, and those of Gateway. */
export async function servePage(
  { gateway, version }: Shown,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [, name, leaf] = /^\/servers\/([^/]+)\/(status|events|replay|mirror)\/?$/.exec(path) ?? [];
  const server = decoded(name);
  if (server !== undefined && (leaf === 'replay' || leaf === 'mirror')) {
    const { version: wanted, changing } = await asked(request, response);
    return json(response, await gateway.reads[leaf](server, wanted, changing));
  }
  if (server !== undefined && leaf === 'events') {
    gateway.status(server);
    return streamServerEvents(response, (listener) => gateway.follow(listener), server);
  }
  if (server !== undefined) return json(response, gateway.status(server));
  if (path === '/servers') return json(response, { servers: gateway.names().map((known) => gateway.status(known)) });
  if (path === '/events') return streamServerEvents(response, (listener) => gateway.follow(listener));
  if (path === '/healthz') return json(response, { status: 'ok', version });
  if (path === '/metrics') return exposition(response, gateway.metrics());
  if (path === '/metrics/past') return json(response, { pages: gateway.past.pages() });
  const past = gateway.past.text(Number(/^\/metrics\/past\/(\d{1,9})$/.exec(path)?.[1]));
  if (past !== undefined) return exposition(response, past);
  throw new SluiceError('PATH_NOT_FOUND', `There is nothing at ${path.slice(0, 200)}.`, {
    next: 'Servers are at /servers/<name>/mcp, their status at /servers/<name>/status, changes at /events, counters at /metrics, those of the past hour at /metrics/past.',
  });
}

/** The path of a request without its query. */
export function pathOf({ url }: IncomingMessage): string {
  return (url ?? '/').split('?', 1)[0] ?? '/';
}

export function decoded(name: string | undefined): string | undefined {
  try {
    return name === undefined ? undefined : decodeURIComponent(name);
  } catch {
    return undefined;
  }
}

/** The body of a comparison: `version`, and the paths `changing`. Its answer has no values of users. */
async function asked(
  request: IncomingMessage,
  response: ServerResponse,
): Promise<{ readonly version: string; readonly changing: readonly string[] }> {
  if (request.method !== 'POST') {
    response.setHeader('allow', 'POST');
    throw new SluiceError('METHOD_NOT_ALLOWED', 'A comparison is asked for with POST.');
  }
  const body = parseOrNothing(await bodyOf(request));
  const { version, changing = [] } = isFields(body) ? body : {};
  const paths = Array.isArray(changing) ? changing.filter((path) => typeof path === 'string') : undefined;
  if (typeof version !== 'string' || paths === undefined)
    throw new SluiceError('INVALID_INPUT', 'The body needs the text version, and may have the list of texts changing.');
  return { version, changing: paths };
}

/** The whole body. Errors: BODY_TOO_LARGE, and that of the connection if the caller goes away. */
export function bodyOf(request: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MAX_BODY_BYTES) return void chunks.push(chunk);
      // Node drops the rest when the answer is written.
      request.pause();
      reject(tooLarge());
    });
    request.once('end', () => resolve(Buffer.concat(chunks).toString('utf8')));
    request.once('error', reject);
  });
}

function tooLarge(): SluiceError {
  return new SluiceError('BODY_TOO_LARGE', `The message has more than ${MAX_BODY_BYTES} bytes.`, {
    next: 'Send a smaller message.',
  });
}

function exposition(response: ServerResponse, text: string): void {
  response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4' }).end(text);
}

function json(response: ServerResponse, value: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
}
