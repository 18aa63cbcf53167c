import type { CommandServices } from '../../commands/command.ts';
import type { Gate } from '../../commands/gate.ts';
import type { Toolset } from '../../commands/toolset.ts';
import type { AuditTrail } from '../../domain/audit.ts';
import type { Log } from '../../observability/log.ts';

export interface RestDeps {
  /** All of them; callers are offered those of the gate. */
  readonly toolsets: readonly Toolset[];
  readonly services: CommandServices;
  readonly gate: Gate;
  readonly audit: AuditTrail;
  readonly version: string;
  readonly log: Log;
  /** Log arguments too. */
  readonly debug: boolean;
  /** Between two signs of life on a silent event stream; default 15 s. */
  readonly keepAliveMs?: number;
}
