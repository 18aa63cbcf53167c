import type { Command as Cli } from 'commander';
import { nearest } from '../contract/nearest.ts';
import { commandIn } from './boolean-flags.ts';

/**
 * Writes `--args -y pkg` as `--args=-y --args=pkg`. The words after a flag that takes several may begin with a hyphen.
 * A word ends them if it is a flag of the command, or so similar to one that it may be a typing error.
 */
export function spellWords(argv: readonly string[], program: Cli): string[] {
  const cli = commandIn(argv, program);
  const severalWords = cli.options.filter(({ variadic }) => variadic).map(({ long }) => long ?? '');
  if (severalWords.length === 0) return [...argv];
  const known = flagsOf(cli);
  let open: string | undefined;
  return argv.flatMap((word) => {
    const flag = word.split('=')[0] ?? '';
    if (known.includes(flag) || (flag.startsWith('--') && nearest(flag, known) !== undefined)) {
      open = severalWords.includes(word) ? word : undefined;
      return open === undefined ? [word] : [];
    }
    return [open === undefined ? word : `${open}=${word}`];
  });
}

/** The flags of the command and of the commands above it. */
function flagsOf(cli: Cli): readonly string[] {
  const own = cli.options.flatMap(({ long, short }) => [long, short].filter((one) => typeof one === 'string'));
  return [...own, '--help', ...(cli.parent ? flagsOf(cli.parent) : [])];
}
