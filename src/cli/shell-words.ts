import type { Command } from '../commands/command.ts';
import { subjectOf } from './subject.ts';

/** The input of a command, or a part of it, by field. */
export type Given = Readonly<Record<string, unknown>>;

/** Arguments as words and flags of the command. */
export function wordsOf(command: Command, given: Given): string {
  const subject = subjectOf(command)?.fields ?? [];
  const { target, ...others } = given;
  const place = isPlace(target) ? [shellWord(`${target.namespace}/${target.rollout}`)] : [];
  const plain = place.length > 0 ? others : given;
  const first = [...subject, ...(command.positional ?? [])];
  const words = subject.length > 0 ? [subject.map((field) => shellWord(plain[field])).join('/')] : place;
  const arguments_ = positionalWords(command, plain);
  const flags = Object.entries(plain)
    .filter(([field]) => !first.includes(field))
    .map(([field, value]) => `--${field.replaceAll('_', '-')}${value === true ? '' : ` ${flagValue(value, command)}`}`);
  return [...words, ...arguments_, ...flags].map((word) => ` ${word}`).join('');
}

/** The arguments of a command with several, as far as they are given. */
export function positionalWords({ positional = [] }: Command, given: Given): readonly string[] {
  return positional.flatMap((field) => (field in given ? [shellWord(given[field])] : []));
}

function isPlace(target: unknown): target is { readonly namespace: string; readonly rollout: string } {
  if (typeof target !== 'object' || target === null) return false;
  const { namespace, rollout } = target as Given;
  return typeof namespace === 'string' && typeof rollout === 'string';
}

/** Lists and maps are written as the flag takes them (flags.ts). */
function flagValue(value: unknown, { positional }: Command): string {
  if (typeof value !== 'object' || value === null) return shellWord(value);
  const parts = Array.isArray(value) ? value.map(String) : Object.entries(value).map(([key, one]) => `${key}=${one}`);
  return positional ? parts.map(shellWord).join(' ') : shellWord(parts.join(','));
}

/** A value that a shell takes as one word. */
export function shellWord(value: unknown): string {
  const plain = typeof value === 'string' ? value : JSON.stringify(value ?? '');
  return /^[\w./:=@,%+-]+$/.test(plain) ? plain : `'${plain.replaceAll("'", `'\\''`)}'`;
}
