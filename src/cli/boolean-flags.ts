import type { Command as Cli } from 'commander';

/**
 * Writes `--full shop/web` as `--full=true shop/web`. An optional flag takes the next word as its value only when that
 * word is true or false, so that the flag may precede an argument.
 */
export function spellBooleans(argv: readonly string[], program: Cli): string[] {
  const end = argv.indexOf('--');
  const booleans = booleansOf(commandIn(end < 0 ? argv : argv.slice(0, end), program));
  return argv.map((word, index) => {
    const alone = booleans.has(word) && (end < 0 || index < end) && !/^(true|false)$/.test(argv[index + 1] ?? '');
    return alone ? `${word}=true` : word;
  });
}

/** The command that is called. A flag may be a switch in one command and take a value in another. */
export function commandIn(words: readonly string[], program: Cli): Cli {
  return words.reduce((cli, word) => childOf(cli, word) ?? cli, program);
}

/** The command with this name or alias. */
export function childOf(cli: Cli, word: string): Cli | undefined {
  return cli.commands.find((child) => [child.name(), ...child.aliases()].includes(word));
}

/** Long flags of a command with an optional value. */
function booleansOf(cli: Cli): ReadonlySet<string> {
  return new Set(cli.options.filter(({ optional }) => optional).map(({ long }) => long ?? ''));
}
