import { isRecord } from './api-object.ts';

/** A value that was shortened to a number of bytes, and what is missing in it. */
export interface Fitted<T> {
  readonly value: T;
  /** "spec.template: 3210 bytes" for each part that was left out. */
  readonly leftOut: readonly string[];
}

/** A part below this size is not shortened further, but left out. */
const SMALLEST = 60;
const MAX_NOTES = 20;

/** The size of a value as JSON, in bytes of UTF-8. */
export function sizeOf(value: unknown): number {
  const text = JSON.stringify(value) as string | undefined;
  return text === undefined ? 0 : bytesOf(text);
}

function bytesOf(text: string): number {
  let bytes = 0;
  for (const letter of text) {
    const code = letter.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

/** The value in at most about `max` bytes of JSON. The largest parts are shortened first, and small ones stay whole. */
export function fitted<T>(value: T, max: number): Fitted<T> {
  const leftOut: string[] = [];
  const short = shorten(value, max, '', leftOut) as T;
  const more = leftOut.length - MAX_NOTES;
  return {
    value: short,
    leftOut: more > 0 ? [...leftOut.slice(0, MAX_NOTES), `and ${more} further parts`] : leftOut,
  };
}

function shorten(value: unknown, max: number, path: string, leftOut: string[]): unknown {
  const size = sizeOf(value);
  if (size <= max) return value;
  if (Array.isArray(value)) return shortList(value, max, path, leftOut);
  if (isRecord(value)) return shortRecord(value, max, path, leftOut);
  leftOut.push(`${path}: ${size} bytes, shortened`);
  return typeof value === 'string' ? `${value.slice(0, Math.max(0, Math.floor(max / 2)))}…` : undefined;
}

/** The first items that fit. */
function shortList(items: readonly unknown[], max: number, path: string, leftOut: string[]): unknown[] {
  const kept: unknown[] = [];
  let rest = max - 2;
  for (const [index, item] of items.entries()) {
    const size = sizeOf(item) + 1;
    if (size > rest && (index > 0 || rest < SMALLEST)) break;
    kept.push(size > rest ? shorten(item, rest, `${path}.${index}`, leftOut) : item);
    rest -= Math.min(size, rest);
  }
  if (kept.length < items.length) leftOut.push(`${path}: ${items.length - kept.length} of ${items.length} items`);
  return kept;
}

/** Small members stay whole. The others share the rest evenly. */
function shortRecord(
  value: Readonly<Record<string, unknown>>,
  max: number,
  path: string,
  leftOut: string[],
): Record<string, unknown> {
  const sizes = Object.entries(value).map(([key, inner]) => ({
    key,
    inner,
    size: sizeOf(inner),
    head: key.length + 4,
  }));
  const kept = new Map<string, unknown>();
  let rest = max - 2;
  const bySize = sizes.toSorted((a, b) => a.size - b.size);
  for (const [index, { key, inner, size, head }] of bySize.entries()) {
    const share = Math.floor(rest / (bySize.length - index)) - head;
    const where = path === '' ? key : `${path}.${key}`;
    if (size > share && share < SMALLEST) {
      leftOut.push(`${where}: ${size} bytes`);
      continue;
    }
    const short = size > share ? shorten(inner, share, where, leftOut) : inner;
    kept.set(key, short);
    rest -= sizeOf(short) + head;
  }
  return Object.fromEntries(sizes.flatMap(({ key }) => (kept.has(key) ? [[key, kept.get(key)]] : [])));
}
