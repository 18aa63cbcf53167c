import type { Command } from '../../src/commands/command.ts';
import type { Toolset } from '../../src/commands/toolset.ts';
import { TOOLSETS } from '../../src/toolsets/index.ts';

/** What a command answers that has passed every check of its door. */
export const RAN = 'it has passed every check';

/** The command with its own input, permissions and targets, and another effect: it says that it has run. */
export function silent({
  confirmation: _,
  problem: __,
  exit: ___,
  ending: ____,
  task: _____,
  ...rest
}: Command): Command {
  return { ...rest, run: () => Promise.resolve({ ran: RAN }), text: () => RAN };
}

/** All toolsets of the product, with silent commands. */
export const SILENT: readonly Toolset[] = TOOLSETS.map((toolset) => ({
  ...toolset,
  commands: toolset.commands.map(silent),
}));
