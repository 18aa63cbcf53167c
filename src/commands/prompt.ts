import type { z } from 'zod';
import type { CommandContext } from './command.ts';
import type { Scope } from './resource.ts';

export interface PromptArgument {
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
  readonly schema: z.ZodType<string | undefined>;
  /** Values, given the other arguments so far. Absent: any text. */
  readonly complete?: (scope: Scope, given: Readonly<Record<string, string>>) => Promise<readonly string[]>;
}

/** A documented procedure. Its text is a list of steps with exact tool calls. */
export interface PromptKind {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** Other toolsets whose tools its steps call. A caller without one of them does not get the prompt. */
  readonly needs?: readonly string[];
  readonly arguments: readonly PromptArgument[];
  /** Errors: those of the checked arguments. */
  text(given: Readonly<Record<string, string>>, context: CommandContext): string;
}
