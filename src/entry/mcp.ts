import { CATALOGUE } from '../commands/catalogue.ts';
import type { CommandServices } from '../commands/command.ts';
import type { Settings } from '../config/schema.ts';
import { version } from '../config/version.ts';
import { createMcpFactory } from '../mcp/server.ts';
import { createAudit } from '../observability/audit.ts';
import type { Log } from '../observability/log.ts';
import { gateOf } from './gate.ts';

/** The MCP server of both transports. */
export function mcpFactory(settings: Settings, services: CommandServices, log: Log) {
  const audit = createAudit({ home: settings.home, file: settings.auditLog, log });
  return createMcpFactory({ catalogue: CATALOGUE, services, gate: gateOf(settings), audit, debug: settings.mcpDebug, version: version(), log });
}
