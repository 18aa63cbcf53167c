import type { Command, CommandServices } from '../commands/command.ts';
import type { Gate } from '../commands/gate.ts';
import type { AuditTrail } from '../domain/audit.ts';
import type { Log } from '../observability/log.ts';

export interface McpDeps {
  /** All commands; callers are offered those of their toolsets. */
  readonly catalogue: readonly Command[];
  readonly services: CommandServices;
  readonly gate: Gate;
  readonly audit: AuditTrail;
  /** Log arguments too. */
  readonly debug: boolean;
  readonly version: string;
  readonly log: Log;
}
