import type { z } from 'zod';
import { plural } from '../domain/plural.ts';

/** What a schema found, in words for people who do not know its library. A message of the schema itself stays. */
export function issueText(issue: z.core.$ZodIssue): string {
  if (!/^(Invalid|Too) /.test(issue.message)) return issue.message;
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${TYPES[issue.expected] ?? `of type ${issue.expected}`}`;
    case 'too_big':
      return limitText(issue.origin, Number(issue.maximum), { word: 'at most', strict: 'less than', ...issue });
    case 'too_small':
      return limitText(issue.origin, Number(issue.minimum), { word: 'at least', strict: 'more than', ...issue });
    case 'invalid_format':
      return `has the wrong form${issue.pattern === undefined ? '' : `: it must match ${issue.pattern}`}`;
    default:
      return issue.message.replace(/^Invalid input: /, '');
  }
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
};

interface Limit {
  readonly word: string;
  readonly strict: string;
  readonly inclusive?: boolean | undefined;
}

function limitText(origin: string, limit: number, { word, strict, inclusive = true }: Limit): string {
  const bound = inclusive ? word : strict;
  if (origin === 'string') return `must have ${bound} ${plural(limit, 'character')}`;
  if (origin === 'array') return `must have ${bound} ${plural(limit, 'entry', 'entries')}`;
  return `must be ${bound} ${limit}`;
}
