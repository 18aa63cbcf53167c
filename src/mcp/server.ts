import { McpServer, type McpServerFactory } from '@modelcontextprotocol/server';
import { offered } from '../commands/gate.ts';
import { callTool } from './call.ts';
import { formElicitation, type Session } from './caller.ts';
import type { McpDeps } from './deps.ts';
import { INSTRUCTIONS } from './instructions.ts';
import { toTool } from './tool-list.ts';

/**
 * One factory for clients of both eras. The SDK asks it for a server per request (HTTP) or per connection (stdio), so
 * nothing is kept in it. The tool handlers are our own and not `registerTool`'s: refusals are told in the form of the
 * error catalogue, and a tool that is not listed can still say why.
 */
export function createMcpFactory(deps: McpDeps): McpServerFactory {
  const tools = offered(deps.catalogue, deps.gate).map(toTool);
  return ({ era }) => {
    const mcp = new McpServer({ name: 'sluice', title: 'Sluice', version: deps.version }, { capabilities: { tools: {} }, instructions: INSTRUCTIONS });
    mcp.server.setRequestHandler('tools/list', () => ({ tools }));
    mcp.server.setRequestHandler('tools/call', ({ params }, request) =>
      callTool({ deps, request, session: sessionOf(mcp), modern: era === 'modern' }, params.name, params.arguments),
    );
    return mcp;
  };
}

/** Empty over stateless HTTP, where the server that answered `initialize` is gone. */
function sessionOf({ server }: McpServer): Session {
  return { name: server.getClientVersion()?.name, elicits: formElicitation(server.getClientCapabilities()?.elicitation) };
}
