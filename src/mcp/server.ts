import { McpServer, type ServerContext, type Tool } from '@modelcontextprotocol/server';
import { uriTemplateOf } from '../commands/address.ts';
import type { Command } from '../commands/command.ts';
import type { Principal } from '../domain/access/caller.ts';
import { callTool } from './call.ts';
import { formElicitation, type Session } from './caller.ts';
import { complete } from './complete.ts';
import { contextOf } from './context.ts';
import { discoveryOf } from './discovery/index.ts';
import { instructionsFor } from './instructions.ts';
import { ListedTools } from './listed-tools.ts';
import type { Offer } from './offer.ts';
import { getPrompt, listPrompts } from './prompts.ts';
import { listResources, readResource } from './resources.ts';
import { serveTasks, TASKS } from './tasks/index.ts';
import { toTool } from './tool-list.ts';

/** These change only with a restart of the server, with other settings or another version. */
const STATIC = { ttlMs: 60_000 };
const CACHE_HINTS = { 'prompts/list': STATIC, 'resources/templates/list': STATIC };

export interface Connection {
  readonly era: 'legacy' | 'modern';
  /** Whether notifications about resources can reach this client. */
  readonly subscribes: boolean;
  /** Whether one server answers the whole connection. Its list of tools can then grow. */
  readonly kept: boolean;
  /** The name that the caller gave in a header. A stateless server does not know what a 2025 client said before. */
  readonly named?: string;
  /** Whom the credential of the connection or of the request proves. */
  readonly principal?: Principal;
}

/**
 * A server for one request (HTTP) or one connection (stdio). Its only state is the list of tools. It does not use the
 * handlers of `registerTool` and similar functions: refusals have the form of the error catalogue, a tool that is not
 * listed can still answer why, and each read is audited.
 */
export function createServer(offer: Offer, connection: Connection): McpServer {
  const { era, subscribes, kept } = connection;
  const { deps, resources, prompts, search } = offer;
  const grows = kept && search !== undefined;
  const capabilities = {
    tools: grows ? { listChanged: true } : {},
    resources: subscribes ? { subscribe: true } : {},
    prompts: {},
    completions: {},
    // Tasks are an extension of 2026-07-28.
    ...(era === 'modern' && { extensions: { [TASKS]: {} } }),
  };
  const mcp = new McpServer(
    { name: 'sluice', title: 'Sluice', version: deps.version },
    {
      capabilities,
      instructions: instructionsFor(offer, grows),
      cacheHints: { ...CACHE_HINTS, ...(grows ? {} : { 'tools/list': STATIC }) },
    },
  );
  const { server } = mcp;
  const listed = new ListedTools(offer, { keeps: kept, changed: () => mcp.sendToolListChanged() });
  const discovery = search ? discoveryOf(search, listed) : [];
  const contextFor = (request: ServerContext) => contextOf(deps.services, request, sessionOf(mcp, connection));
  server.setRequestHandler('tools/list', (_, request) => ({
    tools: [...listed.tools(contextFor(request)), ...shapesOf(offer, discovery)],
  }));
  server.setRequestHandler('tools/call', ({ params }, request) =>
    callTool(
      { offer, discovery, request, session: sessionOf(mcp, connection), modern: era === 'modern' },
      params.name,
      params.arguments,
    ),
  );
  server.setRequestHandler('resources/list', ({ params }, request) =>
    listResources(offer, contextFor(request), params?.cursor),
  );
  server.setRequestHandler('resources/templates/list', () => ({
    resourceTemplates: resources.map((kind) => ({
      uriTemplate: uriTemplateOf(kind),
      name: kind.scheme,
      title: kind.title,
      description: kind.description,
      mimeType: kind.mimeType,
    })),
  }));
  server.setRequestHandler('resources/read', ({ params }, request) =>
    readResource(offer, contextFor(request), params.uri),
  );
  server.setRequestHandler('prompts/list', () => listPrompts(prompts));
  server.setRequestHandler('prompts/get', ({ params }, request) =>
    getPrompt(offer, listed, contextFor(request), params),
  );
  server.setRequestHandler('completion/complete', ({ params }, request) =>
    complete(offer, contextFor(request), params),
  );
  if (era === 'modern') serveTasks(server, (request) => ({ offer, context: contextFor(request) }));
  return mcp;
}

/** The tools of an offer that find and add others, as they are listed. */
const SHAPES = new WeakMap<Offer, readonly Tool[]>();

/** They are built once, because stateless HTTP has a server for each request. */
function shapesOf(offer: Offer, discovery: readonly Command[]): readonly Tool[] {
  const shapes = SHAPES.get(offer) ?? discovery.map(toTool);
  SHAPES.set(offer, shapes);
  return shapes;
}

/** Empty over stateless HTTP, where the server that answered `initialize` no longer exists. */
function sessionOf({ server }: McpServer, { named, principal }: Connection): Session {
  return {
    name: server.getClientVersion()?.name ?? named,
    elicits: formElicitation(server.getClientCapabilities()?.elicitation),
    ...(principal && { principal }),
  };
}
