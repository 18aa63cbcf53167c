import type { Command as Cli, Option } from 'commander';
import { childOf } from '../boolean-flags.ts';
import { argumentSource, optionSource, type Source } from './sources.ts';

/** One possible next word. */
export interface Candidate {
  readonly value: string;
  readonly about: string;
}

/** The possible words at the cursor: fixed words, and names that have to be looked up. */
export interface Possible {
  readonly words: readonly Candidate[];
  readonly source?: Source;
  /** The value of `--cluster` so far. */
  readonly cluster?: string;
}

/** The position after the words before the cursor. */
interface Place {
  cli: Cli;
  /** Words that are arguments of `cli`. */
  given: number;
  /** The flag whose value comes next. */
  open: Option | undefined;
  cluster: string | undefined;
}

/**
 * Parses the words before the cursor and returns the possible next ones. `current`: the word at the cursor, possibly
 * empty.
 */
export function possible(program: Cli, before: readonly string[], current: string): Possible {
  const place = walk(program, before);
  const cluster = place.cluster === undefined ? {} : { cluster: place.cluster };
  if (place.open && !(place.open.optional && current.startsWith('-')))
    return { ...valuesOf(place.cli, place.open), ...cluster };
  if (current.startsWith('-')) return { words: flagsOf(place.cli) };
  const source = argumentSource(place.cli, place.given);
  return { words: place.given === 0 ? subcommands(place.cli) : [], ...(source ? { source } : {}), ...cluster };
}

function walk(program: Cli, words: readonly string[]): Place {
  const place: Place = { cli: program, given: 0, open: undefined, cluster: undefined };
  for (const word of words) step(place, word);
  return place;
}

function step(place: Place, word: string): void {
  const { open } = place;
  place.open = undefined;
  // Only its content distinguishes the value of an optional flag from the next word.
  if (open && (open.required || /^(true|false)$/.test(word))) {
    if (open.long === '--cluster') place.cluster = word;
    return;
  }
  if (word.startsWith('-')) {
    if (!word.includes('=')) place.open = takingValue(place.cli, word);
    return;
  }
  const child = place.given === 0 ? childOf(place.cli, word) : undefined;
  if (child) place.cli = child;
  else place.given += 1;
}

function takingValue(cli: Cli, word: string): Option | undefined {
  const option = allOptions(cli).find(({ short, long }) => short === word || long === word);
  return option && (option.required || option.optional) ? option : undefined;
}

function valuesOf(cli: Cli, option: Option): Possible {
  if (option.argChoices) return { words: option.argChoices.map((value) => ({ value, about: '' })) };
  if (option.optional) return { words: ['true', 'false'].map((value) => ({ value, about: '' })) };
  const source = optionSource(cli, (option.long ?? '').slice(2));
  return { words: [], ...(source ? { source } : {}) };
}

function flagsOf(cli: Cli): Candidate[] {
  return [
    ...allOptions(cli)
      .filter(({ hidden }) => !hidden)
      .map(({ long, short, description }) => ({ value: long ?? short ?? '', about: description })),
    { value: '--help', about: 'display help' },
  ];
}

function subcommands(cli: Cli): Candidate[] {
  return cli
    .createHelp()
    .visibleCommands(cli)
    .map((command) => ({ value: command.name(), about: command.summary() || command.description() }));
}

/** The flags of the command and of the commands above it, which have the global ones. */
function allOptions(cli: Cli): readonly Option[] {
  return cli.parent ? [...cli.options, ...allOptions(cli.parent)] : cli.options;
}
