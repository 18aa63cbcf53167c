import type { z } from 'zod';
import { SluiceError } from '../domain/errors.ts';
import { cleanText } from '../domain/safe-text.ts';
import { namesAt } from './fields.ts';
import { issueText } from './issue-text.ts';
import { nearest } from './nearest.ts';

/** One fault of an input. `path`: the field, dotted. It is empty for the whole input. */
export interface Problem {
  readonly path: string;
  readonly message: string;
  readonly suggestion?: string;
}

const MAX_PROBLEMS = 20;

/** Checks an input against its schema. Throws only UNKNOWN_NAME or INVALID_INPUT, with all problems at once. */
export function parse<S extends z.ZodType>(schema: S, value: unknown, more: readonly Problem[] = []): z.output<S> {
  const parsed = schema.safeParse(value);
  if (parsed.success && more.length === 0) return parsed.data;
  throw invalidInput([...problemsOf(schema, value), ...more]);
}

/** All faults of an input. Empty when it matches. `at`: the path of the input in a larger one. */
export function problemsOf(schema: z.ZodType, value: unknown, at: readonly PropertyKey[] = []): readonly Problem[] {
  const parsed = schema.safeParse(value);
  return parsed.success ? [] : parsed.error.issues.flatMap((issue) => toProblems(schema, issue, value, at));
}

/** The error for a list of problems. */
export function invalidInput(problems: readonly Problem[]): SluiceError {
  const shown = problems.slice(0, MAX_PROBLEMS);
  const lines = shown.map(({ path, message }) => (path ? `${path}: ${message}` : message));
  if (problems.length > MAX_PROBLEMS) lines.push(`and ${problems.length - MAX_PROBLEMS} more`);
  const code = problems.every(({ suggestion }) => suggestion) ? 'UNKNOWN_NAME' : 'INVALID_INPUT';
  return new SluiceError(code, lines.join('\n'), { details: { problems: shown } });
}

function toProblems(schema: z.ZodType, issue: z.core.$ZodIssue, value: unknown, at: readonly PropertyKey[]): Problem[] {
  if (issue.code === 'unrecognized_keys')
    return toldOnce(issue.keys.map((key) => unknownField(schema, issue.path, key, at)));
  const path = dotted([...at, ...issue.path]);
  if (issue.code === 'invalid_type' && valueAt(value, issue.path) === undefined)
    return [{ path, message: issue.message.startsWith('Invalid') ? 'is missing' : cleanText(issue.message, 300) }];
  if (issue.code !== 'invalid_value') return [{ path, message: cleanText(issueText(issue), 300) }];
  return [unknownValue(path, issue.values.map(String), valueAt(value, issue.path), issue.message)];
}

const UNKNOWN = 'unknown field';

/** The list of known fields is long. Of several unknown ones without a near name, the last has it. */
function toldOnce(problems: readonly Problem[]): Problem[] {
  const last = problems.findLastIndex(({ suggestion }) => suggestion === undefined);
  return problems.map((one, at) => (one.suggestion === undefined && at < last ? { ...one, message: UNKNOWN } : one));
}

function unknownField(
  schema: z.ZodType,
  parent: readonly PropertyKey[],
  key: string,
  at: readonly PropertyKey[],
): Problem {
  const names = namesAt(schema, parent);
  const near = nearest(key, names);
  const whole = [...at, ...parent];
  const hint = near ? `did you mean ${dotted([...whole, near])}?` : `known are ${names.join(', ')}`;
  return {
    path: dotted([...whole, key]),
    message: `${UNKNOWN}; ${hint}`,
    ...(near ? { suggestion: dotted([...whole, near]) } : {}),
  };
}

function unknownValue(path: string, known: readonly string[], value: unknown, message: string): Problem {
  // A message of the schema itself is more specific than the list of values.
  if (!message.startsWith('Invalid')) return { path, message };
  if (value === undefined) return { path, message: `is missing; it is one of ${known.join(', ')}` };
  const near = typeof value === 'string' ? meant(value, known) : undefined;
  const hint = near ? `; did you mean ${near}?` : '';
  return {
    path,
    message: `${shown(value)} is not one of ${known.join(', ')}${hint}`,
    ...(near ? { suggestion: near } : {}),
  };
}

/** Words of other tools for releases that go on. */
const GOES_ON = ['running', 'active', 'ongoing', 'progressing', 'in-progress'];

function meant(value: string, known: readonly string[]): string | undefined {
  if (known.includes('open') && GOES_ON.includes(value.toLowerCase())) return 'open';
  return nearest(value, known);
}

function shown(value: unknown): string {
  return typeof value === 'object' && value !== null ? 'this' : cleanText(oneLine(String(value)), 60);
}

/** Further lines of a value would look like lines of the error. */
const oneLine = (text: string): string => text.replace(/\s+/g, ' ');

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? (at as Record<PropertyKey, unknown>)[key] : undefined),
    value,
  );
}

function dotted(path: readonly PropertyKey[]): string {
  return cleanText(oneLine(path.map(String).join('.')), 120);
}
