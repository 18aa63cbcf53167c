import { BINARY, FUNCTIONS, UNARY, type BinarySign, type Node, type UnarySign } from './syntax.ts';
import { ConditionProblem, tokensOf, type Token } from './tokens.ts';

const LONGEST = 4000;
/** Maximum nesting. It is deeper than people write, and it protects the call stack. */
const MAX_DEPTH = 100;

/**
 * Parses the part of the expr language in which Argo's conditions are written (expr-lang/expr, parser/parser.go):
 * numbers, lists, comparison, arithmetic, logic, `in`, the conditional and the functions of FUNCTIONS. Throws
 * ConditionProblem for everything else: the parser never guesses.
 */
export function parseCondition(text: string): Node {
  if (text.length > LONGEST) throw new ConditionProblem(`longer than ${LONGEST} characters`, LONGEST + 1);
  const parser = new Parser(tokensOf(text));
  const node = parser.expression(0);
  parser.end();
  return node;
}

class Parser {
  readonly #tokens: readonly Token[];
  #index = 0;
  /** Number of enclosing predicates. `#` is valid inside a predicate only. */
  #predicates = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  end(): void {
    if (this.#now.kind !== 'end') this.#unexpected();
  }

  expression(strength: number): Node {
    this.#depth += 1;
    if (this.#depth > MAX_DEPTH) throw new ConditionProblem(`nested deeper than ${MAX_DEPTH}`, this.#now.at);
    let left = this.#primary();
    for (let next = this.#binary(strength); next; next = this.#binary(strength)) left = this.#join(left, next);
    if (strength === 0) while (this.#take('?')) left = this.#choice(left);
    this.#depth -= 1;
    return left;
  }

  get #now(): Token {
    return this.#tokens[this.#index] as Token;
  }

  /** The next operator, if it binds at least this strongly. */
  #binary(strength: number): { sign: BinarySign; negated: boolean; at: number } | undefined {
    const { text, at, kind } = this.#now;
    const negated = kind === 'name' && text === 'not' && this.#tokens[this.#index + 1]?.text === 'in';
    const sign = negated ? 'in' : text;
    if (kind === 'number' || !Object.hasOwn(BINARY, sign) || BINARY[sign as BinarySign] < strength) return undefined;
    this.#index += negated ? 2 : 1;
    return { sign: sign as BinarySign, negated, at };
  }

  #join(left: Node, { sign, negated, at }: { sign: BinarySign; negated: boolean; at: number }): Node {
    const strength = BINARY[sign];
    const right = this.expression(strength === BINARY['^'] ? strength : strength + 1);
    // As in expr, a < b < c compares both pairs.
    if (isOrder(sign) && left.kind === 'binary' && isOrder(left.sign) && !this.#closed.has(left)) {
      return { kind: 'binary', sign: '&&', left, right: { kind: 'binary', sign, left: left.right, right, at }, at };
    }
    const node: Node = { kind: 'binary', sign, left, right, at };
    return negated ? { kind: 'not', of: node, at } : node;
  }

  /** Comparisons in parentheses. They are not part of a chain. */
  readonly #closed = new Set<Node>();

  #choice(when: Node): Node {
    const { at } = this.#now;
    const then = this.expression(0);
    this.#expect(':');
    return { kind: 'choice', when, then, otherwise: this.expression(0), at };
  }

  #primary(): Node {
    const token = this.#now;
    if (token.kind !== 'number' && Object.hasOwn(UNARY, token.text)) return this.#unary(token.text as UnarySign);
    this.#index += 1;
    return this.#indexed(this.#operand(token));
  }

  #unary(sign: UnarySign): Node {
    const { at } = this.#now;
    this.#index += 1;
    return { kind: UNARY[sign].kind, of: this.expression(UNARY[sign].strength), at };
  }

  #operand(token: Token): Node {
    const { kind, text, at } = token;
    if (kind === 'number') return { kind: 'value', value: Number(text.replaceAll('_', '')), at };
    if (kind === 'name') return this.#named(text, at);
    if (text === '#' && this.#predicates > 0) return { kind: 'item', at };
    if (text === '[') return { kind: 'list', items: this.#list(']'), at };
    if (text === '(') return this.#parentheses();
    this.#index -= 1;
    return this.#unexpected();
  }

  #parentheses(): Node {
    const node = this.expression(0);
    this.#expect(')');
    this.#closed.add(node);
    return node;
  }

  #named(text: string, at: number): Node {
    if (text === 'true' || text === 'false') return { kind: 'value', value: text === 'true', at };
    if (text === 'nil') return { kind: 'value', value: null, at };
    if (text === 'result') return { kind: 'result', at };
    if (this.#now.text === '(' && Object.hasOwn(FUNCTIONS, text)) return this.#call(text, at);
    const known =
      this.#now.text === '(' ? `functions are ${Object.keys(FUNCTIONS).join(', ')}` : 'a measurement is called result';
    throw new ConditionProblem(`${text} is not evaluated (${known})`, at);
  }

  #call(name: string, at: number): Node {
    const { least, most, predicate } = FUNCTIONS[name] as { least: number; most: number; predicate?: true };
    this.#expect('(');
    const args = this.#list(')', predicate ? 1 : undefined);
    if (args.length < least || args.length > most)
      throw new ConditionProblem(
        `${name} takes ${least === most ? least : `${least} to ${most}`} arguments, not ${args.length},`,
        at,
      );
    return { kind: 'call', name, args, at };
  }

  /** Parses up to the closing sign. `predicate`: the index of the argument that is evaluated for every element. */
  #list(closing: ')' | ']', predicate?: number): readonly Node[] {
    const items: Node[] = [];
    while (!this.#take(closing)) {
      if (items.length > 0) this.#expect(',');
      if (this.#take(closing)) break;
      items.push(items.length === predicate ? this.#predicate() : this.expression(0));
    }
    return items;
  }

  #predicate(): Node {
    this.#predicates += 1;
    const braced = this.#take('{');
    const node = this.expression(0);
    if (braced) this.#expect('}');
    this.#predicates -= 1;
    return node;
  }

  #indexed(node: Node): Node {
    const { at } = this.#now;
    if (!this.#take('[')) return node;
    const by = this.expression(0);
    this.#expect(']');
    return this.#indexed({ kind: 'index', of: node, by, at });
  }

  #take(sign: string): boolean {
    const found = this.#now.kind === 'sign' && this.#now.text === sign;
    if (found) this.#index += 1;
    return found;
  }

  #expect(sign: string): void {
    if (!this.#take(sign)) this.#unexpected(`, where ${sign} was expected,`);
  }

  #unexpected(more = ''): never {
    throw new ConditionProblem(`unexpected ${this.#now.text}${more}`, this.#now.at);
  }
}

function isOrder(sign: BinarySign): boolean {
  return sign === '<' || sign === '>' || sign === '<=' || sign === '>=';
}
