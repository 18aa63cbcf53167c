import type { z } from 'zod';
import type { CommandContext } from '../../commands/command.ts';
import type { Toolset } from '../../domain/toolset.ts';
import type { Scope } from '../resources/kind.ts';

export interface PromptArgument {
  readonly name: string;
  readonly description: string;
  readonly required: boolean;
  readonly schema: z.ZodType<string | undefined>;
  /** Values, given the other arguments so far. Absent: any text. */
  readonly complete?: (scope: Scope, given: Readonly<Record<string, string>>) => Promise<readonly string[]>;
}

/** A documented way of working, told as steps that name their tool calls exactly. */
export interface PromptKind {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** The prompt is offered to callers that have all of these. */
  readonly toolsets: readonly Toolset[];
  readonly arguments: readonly PromptArgument[];
  /** Errors: those of the checked arguments. */
  text(given: Readonly<Record<string, string>>, context: CommandContext): string;
}
