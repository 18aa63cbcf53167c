import { Command as Cli, CommanderError } from 'commander';
import { failureText, toFailure } from '../contract/failure.ts';
import { ERRORS, SluiceError } from '../domain/errors.ts';
import type { CliDeps } from './deps.ts';
import { addDoctor } from './doctor.ts';
import { addGlobals, settingsOf } from './global.ts';
import { addRelease } from './release.ts';
import { addSandbox } from './sandbox.ts';
import { addConfig } from './show-config.ts';

/** The whole command line. */
export function createProgram(deps: CliDeps): Cli {
  const program = new Cli('sluice')
    .description('Releases software gradually and lets nothing slip through')
    .version(deps.version)
    .showHelpAfterError('(add --help for what is known)')
    .configureOutput({ writeOut: (text) => deps.io.out(text.trimEnd()), writeErr: (text) => deps.io.err(text.trimEnd()) })
    .exitOverride();
  addGlobals(program);
  addRelease(program, deps);
  program.command('serve').description('Serve MCP over HTTP on MCP_PORT').action((_: unknown, cli: Cli) => deps.serve(settingsOf(deps, cli).settings, deps.io.stopped));
  program.command('mcp').description('Serve MCP over stdin and stdout').action((_: unknown, cli: Cli) => deps.mcp(settingsOf(deps, cli).settings, deps.io.stopped));
  program.command('worker').description('Run the Temporal worker that carries releases').action((_: unknown, cli: Cli) => deps.worker(settingsOf(deps, cli).settings));
  addSandbox(program, deps);
  addDoctor(program, deps);
  addConfig(program, deps);
  return program;
}

/** Runs the command line. Returns the exit code; every failure has been told. */
export async function runCli(argv: readonly string[], deps: CliDeps): Promise<number> {
  try {
    await createProgram(deps).parseAsync([...argv], { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : ERRORS.INVALID_INPUT.exit;
    return tell(error, argv, deps);
  }
}

function tell(error: unknown, argv: readonly string[], deps: CliDeps): number {
  const failure = toFailure(error);
  // What Sluice does not know is worth its text, at least to the person at the terminal; never a stack.
  const unknown = error instanceof SluiceError ? '' : `\n${error instanceof Error ? error.message : String(error)}`;
  if (wantsJson(argv)) deps.io.out(JSON.stringify({ error: failure }, null, 2));
  else deps.io.err(`${failureText(failure)}${unknown}`);
  return ERRORS[failure.code].exit;
}

function wantsJson(argv: readonly string[]): boolean {
  return argv.some((arg, index) => arg === '-ojson' || arg === '--output=json' || ((arg === '-o' || arg === '--output') && argv[index + 1] === 'json'));
}
