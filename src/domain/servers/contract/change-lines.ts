import type { ContractChange } from './compare.ts';

/** From this number on, equal changes of one kind are one line. */
const FOLDED_FROM = 13;
const NAMED = 3;

/** One line for each change. Many equal changes of one kind are one line with the first names, in the same order. */
export function changeLines(changes: readonly ContractChange[]): readonly string[] {
  const groups = Map.groupBy(changes, ({ class: of, kind, what }) => JSON.stringify([of, kind, what]));
  return [...groups.values()].flatMap((group) =>
    group.length < FOLDED_FROM ? group.map(single) : [folded(group, group[0] as ContractChange)],
  );
}

const single = ({ class: of, kind, name, what }: ContractChange): string =>
  `${of}: ${[kind, name].join(' ').trim()}: ${what}`;

function folded(group: readonly ContractChange[], { class: of, kind, what }: ContractChange): string {
  const names = group.slice(0, NAMED).map(({ name }) => name);
  return `${of}: ${group.length} of kind ${kind}: ${what} (${names.join(', ')} and ${group.length - NAMED} more)`;
}
