import { Option, type Command as Cli } from 'commander';
import type { Command } from '../commands/command.ts';
import { fieldsOf, type Field } from '../contract/fields.ts';

/** Groups whose fields need no prefix on the command line. */
const PLAIN = ['target', 'traffic'];
const POSITIONAL = ['release_id', 'target.namespace', 'target.rollout', 'confirm'];

/** The name of a field as a flag: `analysis.min_requests` is `--analysis-min-requests`. */
export function flagName({ path }: Field): string {
  const parts = PLAIN.includes(path[0] ?? '') ? path.slice(1) : path;
  return parts.join('-').replaceAll('_', '-');
}

/** Whether a command is about one existing release, which the CLI takes as an argument. */
export function takesRelease(command: Command): boolean {
  return Object.hasOwn(command.input.shape, 'release_id');
}

/** The fields of a command that are flags. */
export function flagFields(command: Command): readonly Field[] {
  const hidden = takesRelease(command) ? POSITIONAL : ['confirm'];
  return fieldsOf(command.input).filter(({ path }) => !hidden.includes(path.join('.')));
}

/** Adds a flag for every field of the command's input. */
export function addFlags(cli: Cli, command: Command): void {
  for (const field of flagFields(command)) {
    const value = { boolean: ' [true|false]', list: ' <a,b,…>', number: ' <number>', string: ' <text>' }[field.type];
    cli.addOption(new Option(`--${flagName(field)}${value}`, field.description));
  }
}

/** The input that flags describe, over what a file gave. Nothing is checked here: that is the contract's part. */
export function inputOf(command: Command, options: Readonly<Record<string, unknown>>, base: unknown): unknown {
  const given = flagFields(command).flatMap((field) => {
    const value = options[camel(flagName(field))];
    return value === undefined ? [] : [{ field, value }];
  });
  return given.reduce<unknown>((input, { field, value }) => withValue(input, field.path, typed(field, value)), base);
}

function withValue(input: unknown, path: readonly string[], value: unknown): unknown {
  const [head, ...rest] = path;
  if (head === undefined) return value;
  const object = typeof input === 'object' && input !== null && !Array.isArray(input) ? (input as Record<string, unknown>) : {};
  return { ...object, [head]: withValue(object[head], rest, value) };
}

function typed({ type }: Field, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (type === 'boolean') return { true: true, false: false }[value] ?? value;
  if (type === 'number') return number(value);
  return type === 'list' ? value.split(',').map(number) : value;
}

/** What is no number stays text, so that the contract refuses it with its own words. */
function number(text: string): unknown {
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}

function camel(name: string): string {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
