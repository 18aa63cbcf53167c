import type { Command, CommandServices } from '../../commands/command.ts';
import type { Gate } from '../../commands/gate.ts';
import type { AuditTrail } from '../../domain/audit.ts';
import type { Log } from '../../observability/log.ts';

export interface RestDeps {
  readonly catalogue: readonly Command[];
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
