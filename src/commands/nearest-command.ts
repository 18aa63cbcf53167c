import { distance } from 'fastest-levenshtein';
import { nearest } from '../contract/nearest.ts';
import type { Command } from './command.ts';

/** Words with which people ask for something to read. */
const READING = [
  'get',
  'list',
  'show',
  'read',
  'describe',
  'status',
  'find',
  'view',
  'watch',
  'inspect',
  'history',
  'info',
];

/**
 * The tool that was probably meant. A name that asks for something to read leads only to a tool that reads: whoever
 * follows a suggestion without a thought must not change anything. Undefined: none is near.
 */
export function nearestCommand(name: string, commands: readonly Command[]): string | undefined {
  const writes = commands.filter(({ kind }) => kind !== 'read');
  const writing = new Set(writes.flatMap((command) => wordsOf(command.name)));
  const words = wordsOf(name).filter((word) => !writing.has(word));
  if (!words.some((word) => READING.some((verb) => distance(word, verb) <= 1))) return nearest(name, namesOf(commands));
  const reads = namesOf(commands.filter(({ kind }) => kind === 'read'));
  const [toolset = ''] = wordsOf(name);
  const near = nearest(name, reads);
  if (near !== undefined && distance(name, near) <= 2) return near;
  return reads.find((read) => read.startsWith(`${toolset}_get`)) ?? near;
}

function namesOf(commands: readonly Command[]): readonly string[] {
  return commands.map(({ name }) => name);
}

function wordsOf(name: string): readonly string[] {
  return name
    .toLowerCase()
    .split(/[^a-z]+/)
    .filter((word) => word !== '');
}
