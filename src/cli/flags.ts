import { Option, type Command as Cli } from 'commander';
import type { Command } from '../commands/command.ts';
import { fieldsOf, type Field } from '../contract/fields.ts';
import { SluiceError } from '../domain/errors.ts';
import { cleanText } from '../domain/safe-text.ts';
import { helpWords } from './help-words.ts';
import { ACTION, actionsOf, subjectOf } from './subject.ts';

/** Groups whose fields need no prefix on the command line. */
const PLAIN = ['target', 'traffic'];
/** A longer input is easier to write in a file. */
const MAX_FLAGS = 10;
/** More choices would make the help hard to read. Completion has all of them. */
const MAX_CHOICES = 6;

/** The name of a field as a flag: `analysis.min_requests` is `--analysis-min-requests`. */
export function flagName({ path }: Field): string {
  const parts = path.length > 1 && PLAIN.includes(path[0] ?? '') ? path.slice(1) : path;
  return parts.join('-').replaceAll('_', '-');
}

/**
 * The fields of a command that are flags: all except its argument, the field that --yes sets, and fields that only a
 * file can contain.
 */
export function flagFields(command: Command): readonly Field[] {
  const first = [...(command.positional ?? []), ...(actionsOf(command) ? [ACTION] : [])];
  const hidden = ['confirm', ...first, ...(subjectOf(command)?.fields ?? [])];
  return fieldsOf(command.input).filter(({ path, type }) => type !== 'structure' && !hidden.includes(path.join('.')));
}

/** Whether the input may come from a file: it is long, or has parts that no flag can express. */
export function takesFile(command: Command): boolean {
  const fields = fieldsOf(command.input);
  return fields.length > MAX_FLAGS || fields.some(({ type }) => type === 'structure');
}

/** Adds a flag for every field of the command's input. */
export function addFlags(cli: Cli, command: Command): void {
  for (const field of flagFields(command))
    cli.addOption(new Option(`--${flagName(field)}${placeholder(field, command)}`, about(field)));
}

function about({ description, standard }: Field): string {
  const known = standard === undefined || /\bdefault\b/i.test(description);
  return helpWords(known ? description : `${description} Default ${standard}.`.trim());
}

/** A command with several arguments takes several words after one flag, as in `--env A=1 B=2`. */
function placeholder({ type, choices }: Field, { positional }: Command): string {
  if (positional && type === 'list') return ' <word...>';
  if (positional && type === 'map') return ' <name=value...>';
  if (type === 'boolean') return ' [true|false]';
  if (choices && choices.length <= MAX_CHOICES) return ` <${choices.join('|')}>`;
  if (type === 'list' || type === 'numbers') return ' <a,b,…>';
  return type === 'map' ? ' <name=value,…>' : type === 'number' ? ' <number>' : ' <text>';
}

/** The input from the flags, which override the input from a file. It is not validated here: the contract does that. */
export function inputOf(command: Command, options: Readonly<Record<string, unknown>>, base: unknown): unknown {
  const given = flagFields(command).flatMap((field) => {
    const value = options[optionOf(field)];
    return value === undefined ? [] : [{ field, value }];
  });
  return given.reduce<unknown>((input, { field, value }) => withValue(input, field.path, typed(field, value)), base);
}

function withValue(input: unknown, path: readonly string[], value: unknown): unknown {
  const [head, ...rest] = path;
  if (head === undefined) return value;
  const object =
    typeof input === 'object' && input !== null && !Array.isArray(input) ? (input as Record<string, unknown>) : {};
  return { ...object, [head]: withValue(object[head], rest, value) };
}

function typed({ type }: Field, value: unknown): unknown {
  if (Array.isArray(value)) return type === 'map' ? Object.fromEntries(value.map(textPair)) : value;
  if (typeof value !== 'string') return value;
  if (type === 'boolean') return { true: true, false: false }[value] ?? value;
  if (type === 'number') return number(value);
  if (type === 'map') return Object.fromEntries(value.split(',').map(pair));
  if (type === 'numbers') return value.split(',').map(number);
  return type === 'list' ? value.split(',').map((part) => part.trim()) : value;
}

/** A value that is not a number stays text, so that the contract refuses it with its own message. */
function number(text: string): unknown {
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}

function pair(text: string): [string, unknown] {
  const at = text.indexOf('=');
  return at < 0 ? [text.trim(), ''] : [text.slice(0, at).trim(), number(text.slice(at + 1))];
}

/** The value stays text, because a number could be written in another way. */
function textPair(word: unknown): [string, string] {
  const text = String(word);
  const at = text.indexOf('=');
  if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
  throw new SluiceError('INVALID_INPUT', `"${cleanText(text, 40)}" must look like NAME=value.`);
}

/** The input from the arguments of a command with several. */
export function positionalInput(command: Command, words: readonly unknown[]): Record<string, unknown> {
  const fields = fieldsOf(command.input);
  const given = (command.positional ?? []).flatMap((name, index) => {
    const field = fields.find(({ path }) => path.join('.') === name);
    return field && words[index] !== undefined ? [[name, typed(field, words[index])] as const] : [];
  });
  return Object.fromEntries(given);
}

/** Whether the flag of a field was on the command line. */
export function isTyped(field: Field, options: Readonly<Record<string, unknown>>): boolean {
  return options[optionOf(field)] !== undefined;
}

/** The name under which commander has the value of a flag. */
function optionOf(field: Field): string {
  return flagName(field).replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
