import { isFields } from './message.ts';

/** The answers to the same call: of blue twice, and of the new version. */
export interface Answers {
  readonly blue: unknown;
  readonly blueAgain: unknown;
  readonly green: unknown;
}

/** A place at which the new version answers in another way. `path`: as `structuredContent.items[].price`. */
export interface Difference {
  readonly path: string;
  readonly what: string;
}

/** The places in which answers to the same call differ, by path: each path has one value or several kinds of it. */
type Places = ReadonlyMap<string, readonly unknown[]>;

/** With more differences of one call, the rest says nothing new. */
const MOST = 20;

/**
 * Compares the results of one call. A field that blue has and the new version lacks, and a value of another type, is a
 * difference. Another value of the same type is one too, unless blue itself gives another one when it is asked again,
 * or the path is in `changing` or below a path in it. Further fields of the new version are none: callers ignore them.
 */
export function differencesOf({ blue, blueAgain, green }: Answers, changing: readonly string[]): readonly Difference[] {
  const [once, again, now] = [placesOf(blue), placesOf(blueAgain), placesOf(green)];
  const found = [...once].flatMap(([path, values]) =>
    differenceAt(path, values, again.get(path), now.get(path), changing),
  );
  return found.slice(0, MOST);
}

function differenceAt(
  path: string,
  blue: readonly unknown[],
  again: readonly unknown[] | undefined,
  green: readonly unknown[] | undefined,
  changing: readonly string[],
): readonly Difference[] {
  const mayChange = changing.some((one) => path === one || path.startsWith(`${one}.`) || path.startsWith(`${one}[`));
  const steady = again !== undefined && equal(blue, again);
  // A field that blue itself does not always have is not missed.
  if (green === undefined) return again === undefined || mayChange ? [] : [{ path, what: 'is missing' }];
  const types = typesOf(blue);
  const others = typesOf(green).filter((type) => !types.includes(type));
  if (others.length > 0)
    return mayChange ? [] : [{ path, what: `is ${others.join(' or ')}, was ${types.join(' or ')}` }];
  return steady && !mayChange && !equal(blue, green) ? [{ path, what: 'has another value' }] : [];
}

function typesOf(values: readonly unknown[]): readonly string[] {
  return [...new Set(values.map((value) => (value === null ? 'null' : typeof value)))].sort();
}

function equal(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((value, index) => Object.is(value, b[index]));
}

/** Every value that has no parts, in order, by its path. A text that is JSON is read as such. */
function placesOf(result: unknown): Places {
  const places = new Map<string, unknown[]>();
  const walk = (value: unknown, path: string): void => {
    if (Array.isArray(value)) for (const one of value) walk(one, `${path}[]`);
    else if (isFields(value))
      for (const [name, one] of Object.entries(value)) walk(one, path ? `${path}.${name}` : name);
    else {
      const parts = typeof value === 'string' ? partsOf(value) : undefined;
      if (parts !== undefined) walk(parts, path);
      else places.set(path, [...(places.get(path) ?? []), value]);
    }
  };
  walk(result, '');
  return places;
}

/** The object or the list that a text holds as JSON. */
function partsOf(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
