import { CommanderError, type Command as Cli } from 'commander';
import { suggestCommand } from '../commands/suggest.ts';
import { failureText, toFailure } from '../contract/failure.ts';
import { ERRORS, SluiceError } from '../domain/errors.ts';
import { CATALOGUE, TOOLSETS } from '../toolsets/index.ts';
import { childOf } from './boolean-flags.ts';
import type { CliDeps } from './deps.ts';
import { formatOf, render } from './format.ts';
import { createProgram } from './program.ts';
import { terminalWords, wordOf } from './terminal-words.ts';

/** Flags of kubectl, and what they are called here. */
const KUBECTL_FLAGS: Readonly<Record<string, string>> = {
  '-n': '--namespace',
  '--context': '--cluster',
  '-w': 'sluice release watch',
  '--watch': 'sluice release watch',
};

/** Prints why a command line failed. Returns the exit code. */
export async function printFailure(error: unknown, argv: readonly string[], deps: CliDeps): Promise<number> {
  return error instanceof CommanderError ? misused(error, argv, deps) : printError(error, argv, deps);
}

/** A wrong command line. The help of a group that was called without a command has been printed already. */
async function misused(error: CommanderError, argv: readonly string[], deps: CliDeps): Promise<number> {
  const { code, message } = error;
  if (code === 'commander.help') return ERRORS.INVALID_INPUT.exit;
  const program = createProgram(deps);
  const meant = code === 'commander.unknownCommand' ? meantBy(message, argv) : meantFlag(message);
  const hint = meant === undefined ? '' : ` (Did you mean ${meant}?)`;
  const text = message.replace(/^error: /, '').replaceAll(/\s*\n\s*/g, ' ');
  const path = pathIn(argv, program);
  const list = NO_OBJECT.test(message) ? listBeside(path, program) : undefined;
  const help = `Call \`${['sluice', ...path, '--help'].join(' ')}\` for what is known.`;
  const next = list === undefined ? help : `\`${list}\` lists what there is. ${help}`;
  return printError(new SluiceError('INVALID_INPUT', `${text}${hint}`, { next }), argv, deps);
}

/** The words that name the called command. */
function pathIn(argv: readonly string[], program: Cli): readonly string[] {
  let cli = program;
  return argv.filter((word) => {
    const child = cli.commands.find((one) => one.name() === word || one.aliases().includes(word));
    cli = child ?? cli;
    return child !== undefined;
  });
}

const NO_OBJECT = /missing required argument '(name|release|namespace\/[^']+)'/;

/** The command that lists the objects which a command of the same group asks for. */
function listBeside(path: readonly string[], program: Cli): string | undefined {
  const [group = '', called = ''] = path;
  const list = childOf(program, group)?.commands.find((one) => /^list(-rollouts)?$/.test(one.name()));
  return !list || list.name() === called ? undefined : `sluice ${group} ${list.name()}`;
}

function meantFlag(message: string): string | undefined {
  const flag = /unknown option '([^'=]+)/.exec(message)?.[1];
  return flag === undefined ? undefined : KUBECTL_FLAGS[flag];
}

/** The command that an unknown command of a toolset probably meant. */
function meantBy(message: string, argv: readonly string[]): string | undefined {
  const word = /unknown command '([^']+)'/.exec(message)?.[1];
  const toolset = TOOLSETS.find(({ name, group, alias }) =>
    [name, group, alias].some((called) => called !== undefined && argv.includes(called)),
  );
  const meant = word && toolset && suggestCommand(`${toolset.name}_${word}`.replaceAll('-', '_'), toolset.commands);
  return meant ? wordOf(meant) : undefined;
}

const ABOUT_TOOLS = ['tools', 'access'];

async function printError(error: unknown, argv: readonly string[], deps: CliDeps): Promise<number> {
  const failure = toFailure(error);
  // The text of an unknown error is shown to the person at the terminal, without a stack trace.
  const unknown = error instanceof SluiceError ? '' : `\n${error instanceof Error ? error.message : String(error)}`;
  const format = formatOf(argv);
  if (format === 'json' || format === 'yaml') deps.io.out(await render(format, { error: failure }, () => ''));
  // These commands are about MCP tools, so they keep their names.
  else if (ABOUT_TOOLS.some((word) => argv.includes(word))) deps.io.err(`${failureText(failure)}${unknown}`);
  else deps.io.err(terminalWords(`${failureText(failure)}${unknown}`, CATALOGUE));
  return ERRORS[failure.code].exit;
}
