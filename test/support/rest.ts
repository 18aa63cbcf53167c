import { request } from 'node:http';
import { TOOLSETS } from '../../src/toolsets/index.ts';
import type { CommandServices } from '../../src/commands/command.ts';
import type { RestDeps } from '../../src/http/rest/deps.ts';
import { startHttpServer, type HttpServer } from '../../src/http/server.ts';
import { createLog } from '../../src/observability/log.ts';
import { createFakeGateway } from './fake-gateway.ts';
import { memoryAudit, testMcp } from './mcp-server.ts';

/**
 * The dependencies of the Tools API. By default it has an audit log in memory, allows writing, and has all toolsets.
 */
export function restDeps(services: CommandServices, more: Partial<RestDeps> = {}): RestDeps {
  return {
    toolsets: TOOLSETS,
    services,
    gate: { allowWrite: true, toolsets: [] },
    audit: memoryAudit(),
    debug: false,
    version: '0.0.0',
    log: createLog('silent'),
    ...more,
  };
}

/** The HTTP server on a free port. MCP beside the Tools API uses a separate fake gateway. */
export function startRestServer(deps: RestDeps): Promise<HttpServer> {
  return startHttpServer({
    host: '127.0.0.1',
    port: 0,
    mcp: testMcp(createFakeGateway(), false),
    rest: deps,
    log: deps.log,
    version: deps.version,
  });
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

export interface HttpCall {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Sends one request unchanged. fetch does not allow the headers Host and Origin. */
export function send(url: string, { method, headers = {}, body }: HttpCall = {}): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      new URL(url),
      // A connection of an earlier request may end at any moment.
      { method: method ?? (body === undefined ? 'GET' : 'POST'), headers, agent: false },
      (response) => {
        let text = '';
        response.on('data', (chunk) => (text += String(chunk)));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
        response.on('error', reject);
      },
    );
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

const JSON_TYPE = { 'content-type': 'application/json' };

/** Calls a tool. Returns the answer's body as JSON. */
export async function callRest(
  server: HttpServer,
  tool: string,
  input: unknown,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: Record<string, never> }> {
  const { status, body } = await send(`${server.restUrl}/tools/${tool}`, {
    headers: { ...JSON_TYPE, ...headers },
    body: JSON.stringify(input),
  });
  return { status, body: JSON.parse(body) as Record<string, never> };
}

export interface ServerEvent {
  readonly event: string;
  readonly data: unknown;
}

/** The events of a complete stream, without comments. */
export function eventsOf(stream: string): ServerEvent[] {
  const blocks = stream.split('\n\n').filter((block) => block.startsWith('event: '));
  return blocks.map((block) => {
    const [, event = '', data = ''] = /^event: (.*)\ndata: (.*)$/.exec(block) ?? [];
    return { event, data: JSON.parse(data) as unknown };
  });
}
