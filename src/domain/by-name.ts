import { SluiceError } from './errors.ts';

/**
 * The entry of a list that a release names. If it names none, the first entry. `what`: a description of the list, as in
 * "kind of target". Errors: KIND_UNKNOWN.
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

/** The intersection of all members of a union: the type of several objects that are merged into one. */
export type Joined<Union> = (Union extends unknown ? (one: Union) => void : never) extends (one: infer All) => void
  ? All
  : never;
