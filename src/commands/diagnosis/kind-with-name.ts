import { invalidInput } from '../../contract/parse.ts';

/** A diagnosis is about one object, or about a namespace. Errors: INVALID_INPUT if only kind or only name is given. */
export function requireKindWithName(asked: {
  readonly kind?: string | undefined;
  readonly name?: string | undefined;
}): void {
  if ((asked.kind === undefined) === (asked.name === undefined)) return;
  const path = asked.kind === undefined ? 'kind' : 'name';
  throw invalidInput([{ path, message: 'is missing; kind and name belong together' }]);
}
