/** A parsed condition. `at`: the column at which it begins, from 1. */
export type Node =
  | { readonly kind: 'value'; readonly value: number | boolean | null; readonly at: number }
  | { readonly kind: 'result'; readonly at: number }
  | { readonly kind: 'item'; readonly at: number }
  | { readonly kind: 'not' | 'minus' | 'plus'; readonly of: Node; readonly at: number }
  | {
      readonly kind: 'binary';
      readonly sign: BinarySign;
      readonly left: Node;
      readonly right: Node;
      readonly at: number;
    }
  | { readonly kind: 'choice'; readonly when: Node; readonly then: Node; readonly otherwise: Node; readonly at: number }
  | { readonly kind: 'index'; readonly of: Node; readonly by: Node; readonly at: number }
  | { readonly kind: 'list'; readonly items: readonly Node[]; readonly at: number }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Node[]; readonly at: number };

/** Binding strength: expr-lang/expr 851b241, parser/operator/operator.go. */
export const BINARY = {
  or: 10,
  '||': 10,
  and: 15,
  '&&': 15,
  '==': 20,
  '!=': 20,
  '<': 20,
  '>': 20,
  '>=': 20,
  '<=': 20,
  in: 20,
  '..': 25,
  '+': 30,
  '-': 30,
  '*': 60,
  '/': 60,
  '**': 100,
  '^': 100,
} as const;
export type BinarySign = keyof typeof BINARY;

export const UNARY = {
  not: { kind: 'not', strength: 50 },
  '!': { kind: 'not', strength: 50 },
  '-': { kind: 'minus', strength: 90 },
  '+': { kind: 'plus', strength: 90 },
} as const;
export type UnarySign = keyof typeof UNARY;

/**
 * Functions with their minimum and maximum number of arguments. `predicate`: the last argument is evaluated for every
 * element, which is `#`.
 */
export const FUNCTIONS: Readonly<
  Record<string, { readonly least: number; readonly most: number; readonly predicate?: true }>
> = {
  all: { least: 2, most: 2, predicate: true },
  any: { least: 2, most: 2, predicate: true },
  none: { least: 2, most: 2, predicate: true },
  one: { least: 2, most: 2, predicate: true },
  filter: { least: 2, most: 2, predicate: true },
  map: { least: 2, most: 2, predicate: true },
  count: { least: 1, most: 2, predicate: true },
  sum: { least: 1, most: 2, predicate: true },
  len: { least: 1, most: 1 },
  min: { least: 1, most: 20 },
  max: { least: 1, most: 20 },
  mean: { least: 1, most: 20 },
  median: { least: 1, most: 20 },
  abs: { least: 1, most: 1 },
  ceil: { least: 1, most: 1 },
  floor: { least: 1, most: 1 },
  isNaN: { least: 1, most: 1 },
  isInf: { least: 1, most: 1 },
  isNil: { least: 1, most: 1 },
  default: { least: 2, most: 2 },
  asInt: { least: 1, most: 1 },
  asFloat: { least: 1, most: 1 },
};
