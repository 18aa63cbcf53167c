import { distance } from 'fastest-levenshtein';
import { nearest } from '../contract/nearest.ts';
import { prefixOf, verbOf, type Command } from './command.ts';

/** Terms of other tools for commands of a release. */
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
/** A suggestion that is a write must be so similar that the name is a typing error. */
const WRITE_AWAY = 2;

/** The command that was probably meant by an unknown name. If the name may mean a read, a write is never suggested. */
export function suggestCommand(name: string, known: readonly Command[]): Command | undefined {
  const spellings = known.flatMap((command) => spellingsOf(command).map((spelling) => [spelling, command] as const));
  // Reads come first: of two equally similar commands the harmless one is suggested.
  const names = spellings.toSorted(([, a], [, b]) => Number(a.kind !== 'read') - Number(b.kind !== 'read'));
  const all = names.map(([spelling]) => spelling);
  const found = swapped(name).find((one) => all.includes(one)) ?? nearest(name, all);
  const command = spellings.find(([spelling]) => spelling === found)?.[1];
  if (found === undefined || !command || command.kind === 'read') return command;
  return distance(name.toLowerCase(), found) <= WRITE_AWAY ? command : undefined;
}

function spellingsOf(command: Command): readonly string[] {
  const { name, toolset } = command;
  const [verb, prefix] = [verbOf(command), prefixOf(command)];
  const others = Object.entries(SYNONYMS).flatMap(([word, meant]) => (meant === verb ? [`${prefix}_${word}`] : []));
  // `argo list` for list-rollouts, `argo status` for get-rollout-status: the object goes without saying.
  const short = verb.replace(/^get_|_?rollouts?(?=_|$)/g, '').replace(/^rollouts?_|^_/g, '');
  const shorter = short === verb || short === '' ? [] : [`${prefix}_${short}`];
  return [name, ...shorter, ...(toolset === 'release' ? others : [])];
}

/**
 * The name with two neighbouring letters swapped. This is the most common typing error, and other measures count it as
 * two edits.
 */
function swapped(name: string): readonly string[] {
  const letters = [...name.slice(0, 100)];
  return letters.slice(1).map((letter, index) => {
    const copy = [...letters];
    [copy[index], copy[index + 1]] = [letter, letters[index] ?? ''];
    return copy.join('');
  });
}
