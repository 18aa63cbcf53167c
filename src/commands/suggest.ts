import { distance } from 'fastest-levenshtein';
import { nearest } from '../contract/nearest.ts';
import { prefixOf, verbOf, type Command } from './command.ts';

/** Terms of other tools, and the verbs that they may mean here. The first one that a toolset has is meant. */
const SYNONYMS: Readonly<Record<string, readonly string[]>> = {
  status: ['get', 'status'],
  stat: ['get', 'status'],
  state: ['get', 'status'],
  show: ['get', 'show', 'status'],
  describe: ['get', 'status'],
  info: ['get', 'status'],
  view: ['get', 'status'],
  get: ['status'],
  list: ['status'],
  ls: ['list', 'status'],
  history: ['list'],
  follow: ['wait'],
  tail: ['wait'],
  logs: ['report'],
  revert: ['rollback'],
  undo: ['rollback', 'rollout_undo'],
  cancel: ['abort', 'cancel'],
  stop: ['abort', 'cancel'],
  unpause: ['resume'],
  continue: ['resume'],
  run: ['start'],
  create: ['start'],
};
/** A suggestion that is a write must be so similar that the name is a typing error. */
const WRITE_AWAY = 2;

/** The command that was probably meant by an unknown name. If the name may mean a read, a write is never suggested. */
export function suggestCommand(name: string, known: readonly Command[]): Command | undefined {
  const own = known.flatMap((command) => spellingsOf(command).map((spelling) => [spelling, command] as const));
  const spellings = [...own, ...synonymsIn(known)];
  // Reads come first: of two equally similar commands the harmless one is suggested.
  const names = spellings.toSorted(([, a], [, b]) => Number(a.kind !== 'read') - Number(b.kind !== 'read'));
  const all = names.map(([spelling]) => spelling);
  const found = swapped(name).find((one) => all.includes(one)) ?? nearest(name, all);
  const command = spellings.find(([spelling]) => spelling === found)?.[1];
  if (found === undefined || !command || command.kind === 'read') return command;
  return distance(name.toLowerCase(), found) <= WRITE_AWAY ? command : undefined;
}

function spellingsOf(command: Command): readonly string[] {
  const { name } = command;
  const [verb, prefix] = [verbOf(command), prefixOf(command)];
  // `argo list` for list-rollouts, `argo status` for get-rollout-status: the object goes without saying.
  const short = verb.replace(/^get_|_?rollouts?(?=_|$)/g, '').replace(/^rollouts?_|^_/g, '');
  const shorter = short === verb || short === '' ? [] : [`${prefix}_${short}`];
  return [name, ...shorter];
}

/** The words of other tools for the commands of each prefix. A word that is a command itself stands for no other. */
function synonymsIn(known: readonly Command[]): readonly (readonly [string, Command])[] {
  const byName = new Map(known.map((command) => [command.name, command]));
  const prefixes = [...new Set(known.map(prefixOf))];
  return prefixes.flatMap((prefix) =>
    Object.entries(SYNONYMS).flatMap(([word, verbs]) => {
      const spelling = `${prefix}_${word}`;
      const meant = byName.has(spelling) ? undefined : verbs.find((verb) => byName.has(`${prefix}_${verb}`));
      const command = meant === undefined ? undefined : byName.get(`${prefix}_${meant}`);
      return command ? [[spelling, command] as const] : [];
    }),
  );
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
