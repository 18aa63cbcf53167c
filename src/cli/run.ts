import { CommanderError, type Command as Cli } from 'commander';
import { spellBooleans } from './boolean-flags.ts';
import type { CliDeps } from './deps.ts';
import { createRoot } from './root.ts';
import { spellWords } from './word-flags.ts';

const VERSION: readonly string[] = ['-V', '--version'];

/** Commands that need nothing of the others. Called by its first word, such a command starts without loading them. */
const ALONE: Readonly<Record<string, () => Promise<(program: Cli, deps: CliDeps) => void>>> = {
  gateway: async () => (await import('./gateway.ts')).addGateway,
};

/** Runs the command line. Returns the exit code. Every failure has been printed before it returns. */
export async function runCli(argv: readonly string[], deps: CliDeps): Promise<number> {
  // It is no option of the program, because commands have a field of this name.
  if (VERSION.includes(argv[0] ?? '')) {
    deps.io.out(deps.version);
    return 0;
  }
  try {
    const program = await programFor(argv, deps);
    await program.parseAsync(spellBooleans(spellWords(helpArguments(argv), program), program), { from: 'user' });
    return Number(process.exitCode ?? 0);
  } catch (error) {
    if (isEnd(error)) return 0;
    return (await import('./failures.ts')).printFailure(error, argv, deps);
  }
}

async function programFor(argv: readonly string[], deps: CliDeps): Promise<Cli> {
  const [first = ''] = argv;
  const add = Object.hasOwn(ALONE, first) ? await ALONE[first]?.() : undefined;
  if (!add) return (await import('./program.ts')).createProgram(deps);
  const program = createRoot(deps);
  add(program, deps);
  return program;
}

/** Commander ends a command line so after it has printed a help. */
function isEnd(error: unknown): boolean {
  return error instanceof CommanderError && error.exitCode === 0;
}

/** Commander's `help` takes one word: `help release get` would show the help of `release`. */
function helpArguments(argv: readonly string[]): readonly string[] {
  return argv[0] === 'help' && argv.length > 2 ? [...argv.slice(1), '--help'] : argv;
}
