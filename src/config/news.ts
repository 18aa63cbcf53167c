import { isIP } from 'node:net';
import { z } from 'zod';
import { nearest } from '../contract/nearest.ts';
import { NEWS_FORMATS } from '../domain/news/message.ts';
import { NEWS_EVENTS } from '../domain/news/told.ts';
import type { NewsReceiver } from '../domain/news/delivery.ts';
import { cleanText } from '../domain/safe-text.ts';
import { isPublic } from './public-address.ts';

const file = z.string().trim().min(1).max(1_000);
const entry = z
  .strictObject({
    url: z
      .string()
      .refine((text) => /^https?:\/\//.test(text) && URL.canParse(text), 'must be an http:// or https:// URL')
      .optional(),
    url_file: file.optional(),
    secret_file: file.optional(),
    format: z.enum(NEWS_FORMATS, `must be one of ${NEWS_FORMATS.join(', ')}`).default('webhook'),
    events: z
      .array(z.enum(NEWS_EVENTS, `must be one of ${NEWS_EVENTS.join(', ')}`))
      .min(1)
      .default([...NEWS_EVENTS]),
    namespaces: z.array(z.string().min(1).max(63)).default([]),
    allow_private: z.boolean().default(false),
  })
  .refine(({ url, url_file: from }) => (url === undefined) !== (from === undefined), {
    message: 'needs url or url_file, and not both',
  })
  .refine(({ url, allow_private: isAllowed }) => url === undefined || isAllowed || isSendable(url), {
    path: ['url'],
    message: 'must begin with https:// and lead to a public address; allow_private: true permits others',
  });
const KEYS = Object.keys(entry.shape);

/** A name is looked at when a message is sent. */
function isSendable(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  if (protocol !== 'https:') return protocol !== 'http:';
  return host !== 'localhost' && !(isIP(host) !== 0 && !isPublic(host));
}

/** The section `news` of the settings file, by name. Each problem begins with the path of its field. */
export function readNews(section: unknown): { receivers: readonly NewsReceiver[]; problems: readonly string[] } {
  if (section === undefined || section === null) return { receivers: [], problems: [] };
  if (typeof section !== 'object' || Array.isArray(section))
    return { receivers: [], problems: ['news: must hold one entry for each receiver, by its name'] };
  const read = Object.entries(section).map(([name, value]) => readEntry(name, value));
  return {
    receivers: read.flatMap(({ receiver }) => (receiver ? [receiver] : [])),
    problems: read.flatMap(({ problems = [] }) => problems),
  };
}

interface Read {
  readonly receiver?: NewsReceiver;
  readonly problems?: readonly string[];
}

function readEntry(name: string, value: unknown): Read {
  const path = `news.${cleanText(name, 80)}`;
  if (!/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(name))
    return { problems: [`${path}: a name has lower-case letters, digits and hyphens, 63 at most`] };
  const parsed = entry.safeParse(value);
  if (!parsed.success) return { problems: parsed.error.issues.flatMap((issue) => issueTexts(path, issue)) };
  const { url, url_file: urlFile, secret_file: secretFile, allow_private: allowPrivate, ...rest } = parsed.data;
  const places = {
    ...(url !== undefined && { url }),
    ...(urlFile !== undefined && { urlFile }),
    ...(secretFile !== undefined && { secretFile }),
  };
  return { receiver: { name, ...rest, allowPrivate, ...places } };
}

function issueTexts(path: string, issue: z.core.$ZodIssue): readonly string[] {
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => `${path}.${unknownKey(key)}`);
  return [`${[path, ...issue.path.map(String)].join('.')}: ${issue.message}`];
}

function unknownKey(key: string): string {
  const near = nearest(key, KEYS);
  return `${cleanText(key, 80)}: is not a field of a receiver${near ? `; did you mean ${near}?` : `; the fields are ${KEYS.join(', ')}`}`;
}
