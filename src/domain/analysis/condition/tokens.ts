/** Why a condition cannot be used. `at`: the column, from 1. */
export class ConditionProblem extends Error {
  override readonly name = 'ConditionProblem';
  readonly at: number;

  constructor(message: string, at: number) {
    super(`${message} at column ${at}`);
    this.at = at;
  }
}

export interface Token {
  readonly kind: 'number' | 'name' | 'sign' | 'end';
  readonly text: string;
  readonly at: number;
}

const SPACE = /[ \t\r\n]*/y;
/** The dots of a range are not a decimal point. */
const NUMBER = /(?:\d[\d_]*(?:\.(?!\.)\d+)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const NAME = /[A-Za-z_]\w*/y;
const SIGN = /\.\.|\*\*|&&|\|\||==|!=|<=|>=|\?\?|[-+*/^<>!?:,#()[\]{}]/y;

/**
 * The tokens of a condition. The last one is `end`. Throws ConditionProblem for text that is not a token of the
 * supported language.
 */
export function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  for (let index = skip(text, 0); index < text.length; index = skip(text, index)) {
    const token = tokenAt(text, index);
    tokens.push(token);
    index += token.text.length;
  }
  return [...tokens, { kind: 'end', text: 'the end', at: text.length + 1 }];
}

function skip(text: string, index: number): number {
  SPACE.lastIndex = index;
  return index + (SPACE.exec(text)?.[0].length ?? 0);
}

function tokenAt(text: string, index: number): Token {
  for (const [kind, pattern] of [
    ['number', NUMBER],
    ['name', NAME],
    ['sign', SIGN],
  ] as const) {
    pattern.lastIndex = index;
    const found = pattern.exec(text)?.[0];
    if (found !== undefined) return { kind, text: found, at: index + 1 };
  }
  throw new ConditionProblem(refusal(text[index] ?? ''), index + 1);
}

function refusal(sign: string): string {
  if (sign === '"' || sign === "'" || sign === '`') return 'text is not evaluated: a measurement is numbers,';
  if (sign === '|') return 'pipes are not evaluated,';
  return `unexpected ${sign}`;
}
