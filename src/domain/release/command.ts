/** Who sent a command, why, and under which id it acts at most once. */
export interface CommandHeader {
  readonly requestId: string;
  readonly who: string;
  readonly why?: string;
}

export const COMMANDS = ['pause', 'resume', 'promote', 'abort', 'skip-analysis', 'approve', 'reject'] as const;
export type CommandName = (typeof COMMANDS)[number];

export interface Command extends CommandHeader {
  readonly name: CommandName;
  /** promote only: every remaining step, each still judged. */
  readonly all?: boolean;
  /** Index (from 0) of the step that the sender saw. At another one the command is refused; abort never is. */
  readonly step?: number;
  /** The run that the sender saw. */
  readonly runId?: string;
}

/**
 * `applied`: its effect was seen. `accepted`: recorded, its effect comes later. `refused`: it will not act, and why.
 */
export type CommandOutcomeKind = 'applied' | 'accepted' | 'refused';

export interface CommandOutcome {
  readonly requestId: string;
  readonly command: CommandName;
  readonly outcome: CommandOutcomeKind;
  readonly detail: string;
  /** True when the same request id had been handled before; nothing was done again. */
  readonly duplicate: boolean;
}
