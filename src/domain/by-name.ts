import { SluiceError } from './errors.ts';

/**
 * The entry of a list that a release names; the first one where it names none. `what`: what the list holds, as in "kind
 * of target". Errors: KIND_UNKNOWN.
 */
export function byName<T extends { readonly name: string }>(
  what: string,
  list: readonly [T, ...T[]],
  name = list[0].name,
): T {
  const found = list.find((one) => one.name === name);
  if (found) return found;
  const known = list.map((one) => one.name).join(', ');
  throw new SluiceError('KIND_UNKNOWN', `No ${what} is named "${name}". Known: ${known}.`, { details: { name } });
}

/** What is in every member of a union: the type of several objects that are joined to one. */
export type Joined<Union> = (Union extends unknown ? (one: Union) => void : never) extends (one: infer All) => void
  ? All
  : never;
