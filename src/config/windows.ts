import { z } from 'zod';
import { nearest } from '../contract/nearest.ts';
import { cleanText } from '../domain/safe-text.ts';
import { ruleProblem } from '../domain/windows/rule.ts';
import { CLOSE_RULES, WINDOW_KINDS, type Window } from '../domain/windows/window.ts';

const DAY_MS = 86_400_000;
/** Occurrences of a repeated window may overlap, but a longer one would be a mistake. */
const LONGEST_REPEATED_MS = 31 * DAY_MS;
const MOST_WINDOWS = 200;

const word = z.string().trim().min(1).max(253);
const words = z.array(word).max(100).default([]);
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?$/;
const time = z
  .string()
  .regex(TIME, 'must be a date and a time without a zone, in quotes, as in "2026-01-05T09:00"')
  .refine((text) => !TIME.test(text) || isRealTime(text), 'is no date of the calendar');

const entry = z
  .strictObject({
    kind: z.enum(WINDOW_KINDS, `must be ${WINDOW_KINDS.join(' or ')}`),
    start: time,
    end: time,
    time_zone: z.string().refine(isTimeZone, 'must be the IANA name of a time zone, as in Europe/Berlin'),
    rrule: z
      .string()
      .superRefine((rule, context) => {
        const message = ruleProblem(rule);
        if (message !== undefined) context.addIssue({ code: 'custom', message });
      })
      .optional(),
    clusters: words,
    namespaces: words,
    targets: z
      .array(word.regex(/^[^/]+\/[^/]+$/, 'must be namespace/name'))
      .max(100)
      .default([]),
    on_close: z.enum(CLOSE_RULES, `must be one of ${CLOSE_RULES.join(', ')}`).default('finish_step'),
    reason: z.string().trim().min(1).max(200).optional(),
  })
  .superRefine(({ start, end, rrule }, context) => {
    const message = lengthProblem(millis(end) - millis(start), rrule !== undefined);
    if (message !== undefined) context.addIssue({ code: 'custom', path: ['end'], message });
  });

const KEYS = Object.keys(entry.shape);

/** The section `windows` of the settings file, by name. Each problem begins with the path of its field. */
export function readWindows(section: unknown): { windows: readonly Window[]; problems: readonly string[] } {
  if (section === undefined || section === null) return { windows: [], problems: [] };
  if (typeof section !== 'object' || Array.isArray(section))
    return { windows: [], problems: ['windows: must hold one entry for each window, by its name'] };
  const read = Object.entries(section).map(([name, value]) => readEntry(name, value));
  const problems = read.flatMap((one) => ('problems' in one ? one.problems : []));
  if (read.length > MOST_WINDOWS)
    problems.push(`windows: has ${read.length} entries; at most ${MOST_WINDOWS} are possible`);
  return { windows: read.flatMap((one) => ('found' in one ? [one.found] : [])), problems };
}

type Read = { readonly found: Window } | { readonly problems: readonly string[] };

function readEntry(name: string, value: unknown): Read {
  const path = `windows.${cleanText(name, 80)}`;
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name))
    return { problems: [`${path}: a name has lower-case letters, digits and hyphens, 63 at most`] };
  const parsed = entry.safeParse(value);
  if (!parsed.success) return { problems: parsed.error.issues.flatMap((issue) => issueTexts(path, issue)) };
  const { time_zone: timeZone, on_close: onClose, rrule, reason, ...rest } = parsed.data;
  const optional = { ...(rrule !== undefined && { rrule }), ...(reason !== undefined && { reason }) };
  return { found: { name, ...rest, timeZone, onClose, ...optional } };
}

function issueTexts(path: string, issue: z.core.$ZodIssue): readonly string[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => `${path}.${unknownKey(key)}`);
  return [`${[path, ...issue.path.map(String)].join('.')}: ${issue.message}`];
}

function unknownKey(key: string): string {
  const near = nearest(key, KEYS);
  return `${cleanText(key, 80)}: is not a field of a window${near ? `; did you mean ${near}?` : `; the fields are ${KEYS.join(', ')}`}`;
}

function lengthProblem(length: number, repeated: boolean): string | undefined {
  if (length <= 0) return 'must be later than start';
  return repeated && length > LONGEST_REPEATED_MS
    ? 'is more than 31 days after start, which a repeated window must not be'
    : undefined;
}

const millis = (text: string): number => Date.parse(`${text}Z`);

function isRealTime(text: string): boolean {
  const at = millis(text);
  return Number.isFinite(at) && new Date(at).toISOString().startsWith(text);
}

function isTimeZone(name: string): boolean {
  try {
    return /^[A-Za-z]/.test(name) && new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}
