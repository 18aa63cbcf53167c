import { validateHeaderName, validateHeaderValue } from 'node:http';
import { z } from 'zod';
import { duration, toMs } from '../contract/duration.ts';
import { commaList } from '../contract/setting.ts';

/** The form of a bearer token in RFC 6750 §2.1. */
export const token: z.ZodType<string | undefined, string> = z
  .string()
  .trim()
  .regex(/^[\w.~+/-]+=*$/, 'must be a bearer token: letters, digits and -._~+/ without spaces');

const MIN_MS = 100;
const MAX_MS = 60_000;
export const timeout = duration.refine(
  (text) => toMs(text) >= MIN_MS && toMs(text) <= MAX_MS,
  'must be from 100ms to 1m',
);

/** `Name=value, Name=value`. The value may contain equals signs, but no comma. */
export const headers = commaList.transform((list, context): Readonly<Record<string, string>> => {
  const pairs = list.map(
    (part) =>
      [part.split('=', 1)[0]?.trim() ?? '', part.slice(part.indexOf('=') + 1).trim(), part.includes('=')] as const,
  );
  const names = pairs.map(([name]) => name.toLowerCase());
  const fine = pairs.every(([name, content, complete]) => complete && content !== '' && isHeader(name, content));
  if (!fine || new Set(names).size !== names.length)
    context.addIssue({ code: 'custom', message: 'must look like Name=value, Name=value, each name once' });
  return Object.fromEntries(pairs) as Record<string, string>;
});

/** `label=value, label=value`: labels of every series of one cluster. The value contains no comma. */
export const matchers = z.string().transform((value, context): Readonly<Record<string, string>> => {
  const pairs = value
    .split(',')
    .map((part) => /^\s*([a-zA-Z_][a-zA-Z0-9_]*)\s*=\s*(.+?)\s*$/.exec(part))
    .map((match) => [match?.[1] ?? '', match?.[2] ?? ''] as const);
  const names = pairs.map(([name]) => name);
  if (names.includes('') || new Set(names).size !== names.length)
    context.addIssue({ code: 'custom', message: 'must look like label=value, label=value, each label once' });
  return Object.fromEntries(pairs);
});

function isHeader(name: string, value: string): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}
