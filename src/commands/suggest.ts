import { distance } from 'fastest-levenshtein';
import { nearest } from '../contract/nearest.ts';
import type { Command } from './command.ts';

/** Words of other tools for what a command of a release does. */
const SYNONYMS: Readonly<Record<string, string>> = {
  status: 'get',
  stat: 'get',
  state: 'get',
  show: 'get',
  describe: 'get',
  info: 'get',
  view: 'get',
  ls: 'list',
  history: 'list',
  follow: 'wait',
  tail: 'wait',
  logs: 'report',
  revert: 'rollback',
  undo: 'rollback',
  cancel: 'abort',
  stop: 'abort',
  unpause: 'resume',
  continue: 'resume',
  run: 'start',
  create: 'start',
};
/** A name that leads to a write must be so near that it can only be a slip of the finger. */
const WRITE_AWAY = 2;

/** The command that was probably meant by a name that is none. Never a write for what may have been a read. */
export function suggestCommand(name: string, known: readonly Command[]): Command | undefined {
  const spellings = known.flatMap((command) => spellingsOf(command).map((spelling) => [spelling, command] as const));
  // Reads first: of two that are equally near, the harmless one.
  const names = spellings.toSorted(([, a], [, b]) => Number(a.kind !== 'read') - Number(b.kind !== 'read'));
  const all = names.map(([spelling]) => spelling);
  const found = swapped(name).find((one) => all.includes(one)) ?? nearest(name, all);
  const command = spellings.find(([spelling]) => spelling === found)?.[1];
  if (found === undefined || !command || command.kind === 'read') return command;
  return distance(name.toLowerCase(), found) <= WRITE_AWAY ? command : undefined;
}

function spellingsOf({ name, toolset }: Command): readonly string[] {
  const verb = name.slice(toolset.length + 1);
  const others = Object.entries(SYNONYMS).flatMap(([word, meant]) => (meant === verb ? [`${toolset}_${word}`] : []));
  return [name, ...(toolset === 'release' ? others : [])];
}

/** The name with two neighbouring letters swapped back: the commonest slip, which counts as two edits elsewhere. */
function swapped(name: string): readonly string[] {
  const letters = [...name.slice(0, 100)];
  return letters.slice(1).map((letter, index) => {
    const copy = [...letters];
    [copy[index], copy[index + 1]] = [letter, letters[index] ?? ''];
    return copy.join('');
  });
}
