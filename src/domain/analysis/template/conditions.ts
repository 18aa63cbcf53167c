import { evaluateCondition, type Result } from '../condition/evaluate.ts';
import { parseCondition } from '../condition/parse.ts';
import type { Node } from '../condition/syntax.ts';
import { ConditionProblem } from '../condition/tokens.ts';
import { EvaluationProblem } from '../condition/values.ts';
import type { Reader } from './reader.ts';
import type { ResolvedMetric } from './resolved.ts';

type Texts = Pick<ResolvedMetric, 'successCondition' | 'failureCondition'>;

/**
 * Refuses conditions that cannot be evaluated. A condition without a column is one that Argo would count as an error at
 * every measurement.
 */
export function checkConditions(
  reader: Reader,
  metric: Readonly<Record<string, unknown>>,
  path: string,
  scalar: boolean,
): Texts {
  const names = (['successCondition', 'failureCondition'] as const).filter(
    (name) => metric[name] !== undefined && metric[name] !== '',
  );
  if (names.length === 0)
    reader.refuse(
      `${path}.successCondition`,
      'without a condition every measurement would be a success; give successCondition, failureCondition or both',
    );
  const texts = names.flatMap((name) => {
    const text = reader.text(metric[name], `${path}.${name}`);
    const problem = text === undefined ? undefined : problemOf(text, scalar);
    if (problem !== undefined) reader.refuse(`${path}.${name}`, problem);
    return text === undefined ? [] : [[name, text] as const];
  });
  return Object.fromEntries(texts);
}

/** Sample result, long enough for conditions that use several elements. */
const SAMPLE = Array.from({ length: 20 }, () => 1);

function problemOf(text: string, scalar: boolean): string | undefined {
  try {
    evaluateCondition(parseCondition(text), scalar ? 1 : SAMPLE);
    return undefined;
  } catch (error) {
    if (error instanceof ConditionProblem || error instanceof EvaluationProblem)
      return `${text} cannot be evaluated: ${error.message}`;
    throw error;
  }
}

/** A parsed condition. `asksNaN`: it handles NaN explicitly. */
export interface Condition {
  readonly holds: (result: Result) => boolean;
  readonly asksNaN: boolean;
  readonly picks: boolean;
}

export function conditionOf(text: string): Condition {
  const node = parseCondition(text);
  return {
    holds: (result) => evaluateCondition(node, result),
    asksNaN: some(node, (one) => one.kind === 'call' && one.name === 'isNaN'),
    picks: some(node, (one) => one.kind === 'index'),
  };
}

function some(node: Node, is: (node: Node) => boolean): boolean {
  return is(node) || childrenOf(node).some((child) => some(child, is));
}

function childrenOf(node: Node): readonly Node[] {
  switch (node.kind) {
    case 'binary':
      return [node.left, node.right];
    case 'choice':
      return [node.when, node.then, node.otherwise];
    case 'index':
      return [node.of, node.by];
    case 'list':
      return node.items;
    case 'call':
      return node.args;
    case 'not':
    case 'minus':
    case 'plus':
      return [node.of];
    default:
      return [];
  }
}

/**
 * Whether PromQL returns one number without labels: scalar(…), time(), numbers and expressions of these. Everything
 * else returns a vector, which is a list here.
 */
export function isScalar(query: string): boolean {
  const rest = withoutScalars(query.replaceAll(/#.*$/gm, ''));
  return /\d/.test(rest) && /^[\d\s.+\-*/%^()]*$/.test(rest.replaceAll(/(\d)[eE][+-]?(\d)/g, '$1$2'));
}

/** Replaces every scalar(…) by a number. */
function withoutScalars(query: string): string {
  const start = /\b(?:scalar|time|pi)\s*\(/.exec(query);
  if (!start) return query;
  let depth = 1;
  let end = start.index + start[0].length;
  for (; end < query.length && depth > 0; end += 1) depth += query[end] === '(' ? 1 : query[end] === ')' ? -1 : 0;
  return withoutScalars(`${query.slice(0, start.index)}1${query.slice(end)}`);
}
