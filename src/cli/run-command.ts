import type { Command, CommandContext } from '../commands/command.ts';
import { ERRORS } from '../domain/errors.ts';
import type { Settings } from '../config/schema.ts';
import type { CliDeps, Format } from './deps.ts';

export interface CommandRun {
  readonly command: Command;
  readonly raw: unknown;
  readonly format: Format;
  /** Destructive commands without a question. */
  readonly yes: boolean;
}

/** Runs one command of the catalogue and prints its answer. */
export async function runCommand(deps: CliDeps, settings: Settings, run: CommandRun): Promise<void> {
  const { command } = run;
  const input = command.check(run.raw, settings);
  const services = await deps.open(settings);
  try {
    const context = contextOf(deps, services);
    const output = await command.run(context, await confirmed(deps, context, run, input));
    const problem = command.problem?.(output);
    if (problem) process.exitCode = ERRORS[problem].exit;
    deps.io.out(run.format === 'json' ? JSON.stringify(output, null, 2) : command.text(output));
  } finally {
    await services.close();
  }
}

function contextOf(deps: CliDeps, services: Awaited<ReturnType<CliDeps['open']>>): CommandContext {
  return {
    ...services,
    caller: { id: `cli:${deps.user}`, kind: 'cli' },
    signal: deps.io.stopped,
    progress: () => Promise.resolve(),
  };
}

/** The answer of the person at the terminal, as the argument that the command wants. Without one the command refuses. */
async function confirmed(deps: CliDeps, context: CommandContext, run: CommandRun, input: Record<string, unknown>): Promise<Record<string, unknown>> {
  const needed = await run.command.confirmation?.(context, input);
  if (!needed) return input;
  const yes = run.yes || (deps.io.interactive && (await deps.io.ask(needed.question)));
  return yes ? { ...input, confirm: needed.releaseId } : input;
}
