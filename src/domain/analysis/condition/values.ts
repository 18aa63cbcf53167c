export type Value = number | boolean | null | readonly Value[];

/** The reason why a condition cannot be evaluated for a result. */
export class EvaluationProblem extends Error {
  override readonly name = 'EvaluationProblem';
}

export function asNumber(value: Value, where: string): number {
  if (typeof value !== 'number')
    throw new EvaluationProblem(
      `${where} needs a number, not ${nameOf(value)}${Array.isArray(value) ? '; write result[0], or all(result, # …)' : ''}`,
    );
  return value;
}

export function asBoolean(value: Value, where: string): boolean {
  if (typeof value !== 'boolean') throw new EvaluationProblem(`${where} needs true or false, not ${nameOf(value)}`);
  return value;
}

export function asList(value: Value, where: string): readonly Value[] {
  if (!isList(value))
    throw new EvaluationProblem(
      `${where} needs a list, not ${nameOf(value)}${typeof value === 'number' ? '; the query gives one number' : ''}`,
    );
  return value;
}

export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** Equality as in expr: NaN equals nothing, and lists are compared element by element. */
export function same(a: Value, b: Value): boolean {
  if (isList(a) && isList(b)) return a.length === b.length && a.every((one, index) => same(one, b[index] as Value));
  return a === b;
}

function nameOf(value: Value): string {
  if (value === null) return 'nil';
  return isList(value) ? 'a list' : `a ${typeof value}`;
}
