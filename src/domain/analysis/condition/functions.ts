import { asBoolean, asList, asNumber, EvaluationProblem, isList, type Value } from './values.ts';

/**
 * A call of a function. `args`: all arguments. `first` and `ask`: the list and the predicate, for functions that have
 * them.
 */
export interface Call {
  readonly args: () => readonly Value[];
  readonly first: () => Value;
  readonly ask: ((item: Value) => Value) | undefined;
  readonly result: Value;
}

/** The functions that conditions may call (syntax.ts). Throws EvaluationProblem. */
export function callFunction(name: string, call: Call): Value {
  const known = OVER_LISTS[name];
  if (known) return known(asList(call.first(), name), call.ask);
  const args = call.args();
  const [first = null] = args;
  switch (name) {
    case 'len':
      return asList(first, name).length;
    case 'isNaN':
      return Number.isNaN(asNumber(first, name));
    case 'isInf':
      return Math.abs(asNumber(first, name)) === Infinity;
    // Argo's isNil and default ignore their argument and use the complete result. A result of Prometheus is never nil.
    case 'isNil':
      return false;
    case 'default':
      return call.result;
    case 'asInt':
      return Math.trunc(asNumber(first, name));
    case 'asFloat':
      return asNumber(first, name);
    case 'abs':
    case 'ceil':
    case 'floor':
      return Math[name](asNumber(first, name));
    default:
      return overNumbers(
        name,
        args.flatMap((arg) => (isList(arg) ? arg : [arg])).map((value) => asNumber(value, name)),
      );
  }
}

type OverList = (list: readonly Value[], ask: ((item: Value) => Value) | undefined) => Value;

const holds = (list: readonly Value[], ask: ((item: Value) => Value) | undefined, where: string): boolean[] =>
  list.map((item) => asBoolean(ask ? ask(item) : item, where));

const OVER_LISTS: Readonly<Record<string, OverList>> = {
  all: (list, ask) => holds(list, ask, 'all').every(Boolean),
  any: (list, ask) => holds(list, ask, 'any').some(Boolean),
  none: (list, ask) => !holds(list, ask, 'none').some(Boolean),
  one: (list, ask) => holds(list, ask, 'one').filter(Boolean).length === 1,
  count: (list, ask) => holds(list, ask, 'count').filter(Boolean).length,
  filter: (list, ask) => list.filter((item) => asBoolean(ask ? ask(item) : item, 'filter')),
  map: (list, ask) => list.map((item) => (ask ? ask(item) : item)),
  sum: (list, ask) => list.reduce<number>((sum, item) => sum + asNumber(ask ? ask(item) : item, 'sum'), 0),
};

function overNumbers(name: string, values: readonly number[]): number {
  if (values.length === 0) throw new EvaluationProblem(`${name} of nothing`);
  if (name === 'min') return Math.min(...values);
  if (name === 'max') return Math.max(...values);
  if (name === 'mean') return values.reduce((sum, value) => sum + value, 0) / values.length;
  return median(values.toSorted((a, b) => a - b));
}

function median(sorted: readonly number[]): number {
  const [low, high] = [sorted[Math.floor((sorted.length - 1) / 2)], sorted[Math.floor(sorted.length / 2)]] as [
    number,
    number,
  ];
  return (low + high) / 2;
}
