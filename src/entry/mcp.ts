import { CATALOGUE } from '../commands/catalogue.ts';
import type { CommandServices } from '../commands/command.ts';
import type { Settings } from '../config/schema.ts';
import { version } from '../config/version.ts';
import { createMcpFactory } from '../mcp/server.ts';
import type { Log } from '../observability/log.ts';

/** The MCP server of both transports. */
export function mcpFactory(settings: Settings, services: CommandServices, log: Log) {
  return createMcpFactory({ catalogue: CATALOGUE, services, allowWrite: settings.mcpAllowWrite, debug: settings.mcpDebug, version: version(), log });
}
