import type { Command as Cli } from 'commander';

/**
 * Writes `--full shop/web` as `--full=true shop/web`: a flag that may stand alone takes the next word for its value only
 * when that word is true or false, so that it can stand before an argument.
 */
export function spellBooleans(argv: readonly string[], program: Cli): string[] {
  const booleans = flagsOf(program);
  const end = argv.indexOf('--');
  return argv.map((word, index) => {
    const alone = booleans.has(word) && (end < 0 || index < end) && !/^(true|false)$/.test(argv[index + 1] ?? '');
    return alone ? `${word}=true` : word;
  });
}

/** Long flags of the whole command line whose value may be left out. */
function flagsOf(cli: Cli): ReadonlySet<string> {
  const own = cli.options.filter(({ optional }) => optional).map(({ long }) => long ?? '');
  return new Set([...own, ...cli.commands.flatMap((child) => [...flagsOf(child)])]);
}
