import { z } from 'zod';
import { parse } from '../../contract/parse.ts';
import { serverName } from '../../contract/server-input.ts';
import { serverSnapshot, toServerSnapshot } from '../../contract/server-snapshot.ts';
import { touchesNothing, type Command, type CommandContext } from '../../commands/command.ts';
import { versionLines } from './answer.ts';
import { foundServer } from './found-server.ts';
import { silenceNote, withHealth } from './with-health.ts';

const input = z.strictObject({ name: serverName.optional().describe('Only this MCP server.') });
const output = z.strictObject({
  servers: z.array(serverSnapshot),
  note: z.string().optional().describe('What is not known because a gateway does not answer.'),
});

export const mcpServerStatus: Command<typeof input, typeof output> = {
  name: 'mcp_server_status',
  title: 'Versions of MCP servers',
  description:
    'The registered MCP servers with the status, traffic and health of each version. Values that may be secrets are hidden.',
  kind: 'read',
  idempotent: true,
  toolset: 'mcp-server',
  positional: ['name'],
  input,
  output,
  examples: [{ title: 'All servers', input: {} }],
  check: (raw) => parse(input, raw ?? {}),
  touches: touchesNothing,
  async run(context, { name }) {
    const servers = (await wanted(context, name)).map(toServerSnapshot);
    if (servers.length === 0) return { servers };
    const views = await context.serverGateways.views();
    const note = silenceNote(views);
    return { servers: withHealth(servers, views), ...(note === undefined ? {} : { note }) };
  },
  text({ servers, note }) {
    if (servers.length === 0) return 'No MCP server is registered. mcp_server_deploy registers one.';
    const lines = servers.flatMap((server) => [
      `${server.name} (${server.scope}, revision ${server.revision})`,
      ...versionLines(server),
    ]);
    return [...lines, ...(note === undefined ? [] : [note])].join('\n');
  },
};

async function wanted(context: CommandContext, name: string | undefined) {
  return name === undefined ? context.servers.list() : [await foundServer(context, name)];
}
