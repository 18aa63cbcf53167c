import type { Command, CommandServices } from '../commands/command.ts';
import type { Log } from '../observability/log.ts';

export interface McpDeps {
  readonly catalogue: readonly Command[];
  readonly services: CommandServices;
  readonly allowWrite: boolean;
  /** Log arguments too. */
  readonly debug: boolean;
  readonly version: string;
  readonly log: Log;
}
