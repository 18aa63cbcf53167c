import { SluiceError } from '../../domain/errors.ts';
import type { RegisteredServer } from '../../domain/servers/server.ts';
import { nearest } from '../../contract/nearest.ts';
import type { CommandContext } from '../../commands/command.ts';

/** Errors: SERVER_NOT_FOUND with the nearest name. */
export async function foundServer({ servers }: CommandContext, name: string): Promise<RegisteredServer> {
  const found = await servers.read(name);
  if (found) return found;
  const known = (await servers.list()).map((server) => server.name);
  const near = nearest(name, known);
  if (near === undefined) throw new SluiceError('SERVER_NOT_FOUND', `There is no MCP server ${name}.`);
  throw new SluiceError('SERVER_NOT_FOUND', `There is no MCP server ${name}; did you mean ${near}?`, {
    next: 'Use the suggested name. mcp_server_status lists the servers.',
  });
}
