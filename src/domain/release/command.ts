import type { Sender } from './approval.ts';

/** The sender of a command, the reason, and the request id that makes it idempotent. */
export interface CommandHeader {
  readonly requestId: string;
  readonly who: string;
  readonly why?: string;
  /** Who that is. Absent if an interface cannot tell. */
  readonly sender?: Sender;
}

export const COMMANDS = [
  'pause',
  'resume',
  'promote',
  'abort',
  'skip-analysis',
  'approve',
  'reject',
  'override-windows',
] as const;
export type CommandName = (typeof COMMANDS)[number];

export interface Command extends CommandHeader {
  readonly name: CommandName;
  /** For promote only: it covers every remaining step. Each step is still judged. */
  readonly all?: boolean;
  /**
   * Index (from 0) of the step that the sender saw. At another step the command is refused. An abort is never refused
   * for this.
   */
  readonly step?: number;
  /** The run that the sender saw. */
  readonly runId?: string;
}

/**
 * `applied`: the effect was read back. `accepted`: the command is recorded, and its effect comes later. `refused`: the
 * command has no effect, and a reason is given.
 */
export type CommandOutcomeKind = 'applied' | 'accepted' | 'refused';

export interface CommandOutcome {
  readonly requestId: string;
  readonly command: CommandName;
  readonly outcome: CommandOutcomeKind;
  readonly detail: string;
  /** True when the same request id was handled before. Then nothing was done again. */
  readonly duplicate: boolean;
}

/** Who has sent a command, and what the release asked for when it arrived. */
export interface Decision {
  readonly who: string;
  readonly why?: string;
  readonly sender?: Sender;
  /** Index of the step, once there is a plan. */
  readonly step?: number;
  /** What the release waited for (Waiting.for). Absent: it did not wait. */
  readonly asked?: string;
  /** The id of the guard that it was for. Absent: it was for the release. */
  readonly guard?: string;
}
