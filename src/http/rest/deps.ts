import type { CommandServices } from '../../commands/command.ts';
import type { Gate } from '../../commands/gate.ts';
import type { Toolset } from '../../commands/toolset.ts';
import type { AuditTrail } from '../../domain/audit.ts';
import type { HttpAccess } from '../access/gate.ts';
import type { Log } from '../../observability/log.ts';

export interface RestDeps {
  /** All commands. Callers are offered those that the gate allows. */
  readonly toolsets: readonly Toolset[];
  readonly services: CommandServices;
  readonly gate: Gate;
  readonly audit: AuditTrail;
  readonly version: string;
  readonly log: Log;
  /** The log contains arguments too. */
  readonly debug: boolean;
  /** Time between two keep-alive comments on a silent event stream. Default 15 s. */
  readonly keepAliveMs?: number;
  /** How callers prove who they are. If absent, the server asks nobody. */
  readonly access?: HttpAccess;
}
