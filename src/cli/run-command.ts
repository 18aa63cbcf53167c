import type { Command, CommandContext } from '../commands/command.ts';
import { execute } from '../commands/execute.ts';
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

/** The command line acts as its user: it may write. */
const GATE = { allowWrite: true, toolsets: [] } as const;

/** Runs one command of the catalogue and prints its answer. */
export async function runCommand(deps: CliDeps, settings: Settings, { command, raw, format, yes }: CommandRun): Promise<void> {
  command.check(raw, settings);
  const services = await deps.open(settings);
  try {
    const context = contextOf(deps, services);
    const ask = async ({ question }: { question: string }) => yes || (deps.io.interactive && (await deps.io.ask(question)));
    const output = await execute({ command, raw, context, gate: GATE, audit: deps.audit(settings), ask });
    const problem = command.problem?.(output);
    if (problem) process.exitCode = ERRORS[problem].exit;
    deps.io.out(format === 'json' ? JSON.stringify(output, null, 2) : command.text(output));
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
