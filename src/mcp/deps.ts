import type { CommandServices } from '../commands/command.ts';
import type { Gate } from '../commands/gate.ts';
import type { Toolset } from '../commands/toolset.ts';
import type { Identity } from '../domain/access/caller.ts';
import type { AuditTrail } from '../domain/audit.ts';
import type { Log } from '../observability/log.ts';

export interface McpDeps {
  /** All commands. Callers are offered those that their gate allows. */
  readonly toolsets: readonly Toolset[];
  readonly services: CommandServices;
  readonly gate: Gate;
  readonly audit: AuditTrail;
  /** The log contains arguments too. */
  readonly debug: boolean;
  readonly version: string;
  readonly log: Log;
  /** The user of the operating system who has started this process, for connections over stdin and stdout. */
  readonly user?: Identity;
}
