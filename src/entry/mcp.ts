import { TOOLSETS } from '../toolsets/index.ts';
import { switchedToolsets } from '../commands/toolset.ts';
import type { CommandServices } from '../commands/command.ts';
import type { Settings } from '../config/schema.ts';
import { version } from '../config/version.ts';
import type { AuditTrail } from '../domain/audit.ts';
import type { McpDeps } from '../mcp/deps.ts';
import { createAudit } from '../observability/audit.ts';
import type { Log } from '../observability/log.ts';
import { gateOf } from './gate.ts';

/** The dependencies of the MCP servers of both transports. */
export function mcpDeps(
  settings: Settings,
  services: CommandServices,
  log: Log,
  audit: AuditTrail = createAudit({ home: settings.home, file: settings.auditLog, log }),
): McpDeps {
  return {
    toolsets: switchedToolsets(TOOLSETS, settings),
    services,
    gate: gateOf(settings),
    audit,
    debug: settings.mcpDebug,
    version: version(),
    log,
  };
}
