// A program: a small MCP server over stdio, or over HTTP on a free port with `http`, whose address it then prints.
// Usage: gateway-server.ts <version> [http|sse] [2025|2026] [only] [faulty] [faulty=<file>] [faulty-rare] [dearer]
// [reads] [asks-key] [headers] [end=<file>]. `only` adds a tool, a prompt, and resources of that name. With `faulty`,
// the results of the tool `version` are errors, always or while the file exists; with `faulty-rare`, those of `rare`.
// With `dearer`, `read` gives the price as a text. With `reads`, a server of 2025 has the tool `read` as well. With
// `asks-key`, the server over HTTP refuses requests without the API key `good`. With `headers`, `sell` has an argument
// that a header repeats. With `end`, it ends when the file exists, and before it has answered anything if the file
// existed.
import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { toNodeHandler } from '@modelcontextprotocol/node';
import {
  createMcpHandler,
  inputRequired,
  McpServer,
  ResourceTemplate,
  acceptedContent,
} from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import {
  McpServer as McpServer1,
  ResourceTemplate as ResourceTemplate1,
} from '@modelcontextprotocol/sdk/server/mcp.js';
import { SSEServerTransport } from '@modelcontextprotocol/sdk/server/sse.js';
import { StdioServerTransport as Stdio1 } from '@modelcontextprotocol/sdk/server/stdio.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { isInitializeRequest } from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';

const [label = '', ...options] = process.argv.slice(2);
const text = (value: string) => ({ content: [{ type: 'text' as const, text: value }] });
const prompt = () => ({ messages: [{ role: 'user' as const, content: { type: 'text' as const, text: label } }] });
const resource = (uri: string) => ({ contents: [{ uri, text: label }] });
const pause = () => new Promise((resolve) => setTimeout(resolve, 20));
const steps = { until: z.string().optional().describe('The answer comes when this file exists') };
/** Clients lose progress that arrives in one chunk with the answer: findings/mcp-progress-in-one-chunk.sh. */
async function exists(file: string | undefined): Promise<void> {
  while (file !== undefined && !existsSync(file)) await pause();
}
let calls = 0;
/** Whether the file of an option exists. */
const isSet = (name: string): boolean => {
  const file = options.find((option) => option.startsWith(`${name}=`))?.slice(name.length + 1);
  return file !== undefined && existsSync(file);
};
const endIfAsked = (): void => void (isSet('end') && process.exit(4));
endIfAsked();
setInterval(endIfAsked, 20).unref();

/** For clients of revision 2026-07-28, and of 2025 where the SDK serves them. */
function modern(): McpServer {
  const server = new McpServer({ name: 'probe', version: '1' });
  server.registerTool('version', { description: 'Its version' }, () => ({
    ...text(`${label} ${(calls += 1)}`),
    ...(options.includes('faulty') || isSet('faulty') ? { isError: true } : {}),
  }));
  if (options.includes('only')) {
    server.registerTool('only', { description: 'In this version' }, () => text(label));
    server.registerPrompt('only', { description: 'In this version' }, prompt);
    server.registerResource('only', 'only://here', {}, ({ href }) => resource(href));
    server.registerResource('any', new ResourceTemplate('only://any/{id}', { list: undefined }), {}, ({ href }) =>
      resource(href),
    );
  }
  server.registerTool('rare', { description: 'Seldom called' }, () => ({
    ...text(label),
    ...(options.includes('faulty-rare') ? { isError: true } : {}),
  }));
  server.registerTool(
    'read',
    { description: 'Only reads', inputSchema: z.object({ id: z.string() }), annotations: { readOnlyHint: true } },
    ({ id }) => text(JSON.stringify({ id, price: options.includes('dearer') ? '12' : 12, asked: randomUUID() })),
  );
  if (options.includes('headers')) {
    const inputSchema = z.object({
      region: z.string().meta({ 'x-mcp-header': 'Region' }),
      count: z.number().optional(),
    });
    server.registerTool('sell', { description: 'Sells', inputSchema }, ({ region }) => text(`${label} in ${region}`));
  }
  server.registerTool('env', { description: 'Its environment' }, () => text(JSON.stringify(process.env)));
  server.registerTool('grow', { description: 'Adds a tool' }, () => {
    server.registerTool('grown', { description: 'Added by grow' }, () => text(label));
    return text(label);
  });
  server.registerTool('fail', { description: 'Fails' }, () => ({ ...text('no'), isError: true }));
  server.registerTool('crash', { description: 'Ends the process' }, () => process.exit(3));
  server.registerTool(
    'large',
    { description: 'A large answer', inputSchema: z.object({ bytes: z.number() }) },
    ({ bytes }) => text('x'.repeat(bytes)),
  );
  server.registerTool('hang', { description: 'Never answers' }, () => new Promise<never>(() => undefined));
  const inputSchema = z.object(steps);
  server.registerTool('steps', { description: 'Reports progress', inputSchema }, async ({ until }, ctx) => {
    const token = ctx.mcpReq._meta?.progressToken;
    for (const progress of [1, 2, 3]) {
      if (token !== undefined)
        await ctx.mcpReq.notify({
          method: 'notifications/progress',
          params: { progressToken: token, progress, message: `step ${progress}` },
        });
      await pause();
    }
    await exists(until);
    return text(`${label} done`);
  });
  const answer = z.object({ yes: z.boolean() });
  server.registerTool('ask', { description: 'Asks the user' }, (ctx) => {
    const given = acceptedContent(ctx.mcpReq.inputResponses, 'sure', answer);
    if (given) return text(`${label} heard ${given.yes} with ${String(ctx.mcpReq.requestState())}`);
    return inputRequired({
      inputRequests: {
        sure: inputRequired.elicit({
          message: 'Sure?',
          requestedSchema: { type: 'object', properties: { yes: { type: 'boolean' } }, required: ['yes'] },
        }),
      },
      requestState: `state-of-${label}`,
    });
  });
  return server;
}

/** A server of the 2025 line, with state in each session. */
function legacy(): McpServer1 {
  const server = new McpServer1({ name: 'probe', version: '1' });
  let inSession = 0;
  if (options.includes('only')) {
    server.registerTool('only', { description: 'In this version' }, () => text(label));
    server.registerPrompt('only', { description: 'In this version' }, prompt);
    server.registerResource('only', 'only://here', {}, ({ href }) => resource(href));
    const template = new ResourceTemplate1('only://any/{id}', { list: undefined });
    server.registerResource('any', template, {}, ({ href }) => resource(href));
  }
  server.registerTool('version', { description: 'Its version' }, () => text(`${label} ${(inSession += 1)}`));
  const read = () =>
    server.registerTool(
      'read',
      { description: 'Only reads', inputSchema: { id: z.string() }, annotations: { readOnlyHint: true } },
      ({ id }) => text(JSON.stringify({ id, price: 12 })),
    );
  if (options.includes('reads')) read();
  server.registerTool('grow', { description: 'Adds a tool' }, () => {
    server.registerTool('grown', { description: 'Added by grow' }, () => text(label));
    return text(label);
  });
  server.registerTool('crash', { description: 'Ends the process' }, () => process.exit(3));
  server.registerTool('hang', { description: 'Never answers' }, () => new Promise<never>(() => undefined));
  const inputSchema = steps;
  server.registerTool('steps', { description: 'Reports progress', inputSchema }, async ({ until }, extra) => {
    const token = extra._meta?.progressToken;
    for (const progress of [1, 2, 3]) {
      if (token !== undefined)
        await extra.sendNotification({
          method: 'notifications/progress',
          params: { progressToken: token, progress, message: `step ${progress}` },
        });
      await pause();
    }
    await exists(until);
    return text(`${label} done`);
  });
  server.registerTool('ask', { description: 'Asks the user' }, async () => {
    const schema = { type: 'object' as const, properties: { yes: { type: 'boolean' as const } } };
    const { action, content } = await server.server.elicitInput({ message: 'Sure?', requestedSchema: schema });
    return text(`${label} heard ${action} ${JSON.stringify(content)}`);
  });
  return server;
}

async function overHttp(): Promise<void> {
  const handle = toNodeHandler(createMcpHandler(modern));
  const sessions = new Map<string, StreamableHTTPServerTransport>();
  const old = async (
    body: unknown,
    session: string | undefined,
  ): Promise<StreamableHTTPServerTransport | undefined> => {
    if (session !== undefined) return sessions.get(session);
    if (!isInitializeRequest(body)) return undefined;
    const transport = new StreamableHTTPServerTransport({
      sessionIdGenerator: randomUUID,
      onsessioninitialized: (id) => void sessions.set(id, transport),
      onsessionclosed: (id) => void sessions.delete(id),
    });
    await legacy().connect(transport);
    return transport;
  };
  const server = createServer((request, response) => {
    void (async () => {
      if (options.includes('asks-key') && request.headers['x-api-key'] !== 'good')
        return void response.writeHead(401).end();
      const chunks: Buffer[] = [];
      for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
      const body: unknown = chunks.length === 0 ? undefined : JSON.parse(Buffer.concat(chunks).toString());
      if (options.includes('2026')) return handle(request as Parameters<typeof handle>[0], response, body);
      const session = request.headers['mcp-session-id'];
      const transport = await old(body, typeof session === 'string' ? session : undefined);
      if (transport) return transport.handleRequest(request, response, body);
      response.writeHead(session === undefined ? 400 : 404).end();
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp\n`);
}

/** The transport of revision 2024-11-05. */
async function overSse(): Promise<void> {
  const open = new Map<string, SSEServerTransport>();
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    if (request.method === 'POST')
      return void open.get(searchParams.get('sessionId') ?? '')?.handlePostMessage(request, response);
    if (pathname !== '/sse') return void response.writeHead(404).end();
    const transport = new SSEServerTransport('/messages', response);
    open.set(transport.sessionId, transport);
    void legacy().connect(transport);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}/sse\n`);
}

if (options.includes('http')) await overHttp();
else if (options.includes('sse')) await overSse();
else if (options.includes('2025')) await legacy().connect(new Stdio1());
else serveStdio(modern);
