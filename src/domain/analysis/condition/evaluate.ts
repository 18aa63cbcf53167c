import { callFunction } from './functions.ts';
import type { BinarySign, Node } from './syntax.ts';
import { asBoolean, asList, asNumber, EvaluationProblem, same, type Value } from './values.ts';

/** The input of a condition: the values of a vector, or the value of a scalar. */
export type Result = number | readonly number[];

/**
 * Whether a condition holds for a result. Operators are those of expr-lang/expr, functions those of argo-rollouts
 * v1.10.1, utils/evaluate/evaluate.go. Throws EvaluationProblem where Argo would count an error, for example for
 * result[0] of an empty result.
 */
export function evaluateCondition(node: Node, result: Result): boolean {
  return asBoolean(valueOf(node, { result }), 'a condition');
}

interface Scope {
  readonly result: Value;
  /** The element that a predicate is evaluated for. */
  readonly item?: Value;
}

function valueOf(node: Node, scope: Scope): Value {
  switch (node.kind) {
    case 'value':
      return node.value;
    case 'result':
      return scope.result;
    case 'item':
      return scope.item as Value;
    case 'not':
      return !asBoolean(valueOf(node.of, scope), 'not');
    case 'minus':
      return -asNumber(valueOf(node.of, scope), '-');
    case 'plus':
      return asNumber(valueOf(node.of, scope), '+');
    case 'choice':
      return valueOf(asBoolean(valueOf(node.when, scope), '?') ? node.then : node.otherwise, scope);
    case 'list':
      return node.items.map((item) => valueOf(item, scope));
    case 'index':
      return elementOf(asList(valueOf(node.of, scope), '[…]'), asNumber(valueOf(node.by, scope), 'an index'));
    case 'call':
      return call(node, scope);
    case 'binary':
      return binary(node.sign, node.left, node.right, scope);
  }
}

function call({ name, args }: Extract<Node, { kind: 'call' }>, scope: Scope): Value {
  const [first, second] = args;
  const ask = (node: Node | undefined) => node && ((item: Value) => valueOf(node, { ...scope, item }));
  return callFunction(name, {
    args: () => args.map((arg) => valueOf(arg, scope)),
    first: () => valueOf(first as Node, scope),
    ask: ask(second),
    result: scope.result,
  });
}

/** A negative index counts from the end, as in expr. */
function elementOf(list: readonly Value[], index: number): Value {
  const at = index < 0 ? list.length + index : index;
  if (!Number.isInteger(at) || at < 0 || at >= list.length)
    throw new EvaluationProblem(
      list.length === 0 ? 'the result is empty' : `there is no element ${index} among ${list.length}`,
    );
  return list[at] as Value;
}

function binary(sign: BinarySign, left: Node, right: Node, scope: Scope): Value {
  const a = valueOf(left, scope);
  if (sign === '&&' || sign === 'and') return asBoolean(a, sign) && asBoolean(valueOf(right, scope), sign);
  if (sign === '||' || sign === 'or') return asBoolean(a, sign) || asBoolean(valueOf(right, scope), sign);
  const b = valueOf(right, scope);
  if (sign === '==') return same(a, b);
  if (sign === '!=') return !same(a, b);
  if (sign === 'in') return asList(b, 'in').some((one) => same(a, one));
  return numeric(sign, asNumber(a, sign), asNumber(b, sign));
}

const MAX_ELEMENTS = 10_000;

function numeric(
  sign: Exclude<BinarySign, '&&' | 'and' | '||' | 'or' | '==' | '!=' | 'in'>,
  a: number,
  b: number,
): Value {
  switch (sign) {
    case '<':
      return a < b;
    case '>':
      return a > b;
    case '<=':
      return a <= b;
    case '>=':
      return a >= b;
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '^':
    case '**':
      return a ** b;
    case '..':
      return range(a, b);
  }
}

function range(from: number, to: number): Value {
  if (!Number.isInteger(from) || !Number.isInteger(to) || to - from >= MAX_ELEMENTS)
    throw new EvaluationProblem(`${from}..${to} is not a range of at most ${MAX_ELEMENTS} whole numbers`);
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
}
