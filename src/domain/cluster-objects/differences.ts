import { isRecord, type ApiObject } from './api-object.ts';
import { maskedObject } from './masked-object.ts';

/** A field that a write changes. `from` is absent for a new field, `to` for a removed one. Values are masked. */
export interface Difference {
  /** `spec.template.spec.containers[app].image`. */
  readonly path: string;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

/** The API server and controllers write these. */
const ITS_OWN: readonly string[] = [
  'metadata.managedFields',
  'metadata.resourceVersion',
  'metadata.generation',
  'metadata.uid',
  'metadata.creationTimestamp',
  'status',
];
const MAX_TEXT = 300;

/** An object without what the API server and controllers write. */
export function contentOf(object: ApiObject): ApiObject {
  const { status: _, metadata, ...rest } = object;
  const own = Object.entries(isRecord(metadata) ? metadata : {}).filter(
    ([key]) => !ITS_OWN.includes(`metadata.${key}`),
  );
  return { ...rest, metadata: Object.fromEntries(own) };
}

/** The fields in which two states of an object differ, in the order of the new state. */
export function differences(before: ApiObject | undefined, after: ApiObject | undefined): readonly Difference[] {
  const [old, wanted] = [before, after].map((object) => (object ? contentOf(object) : {}));
  const [shownOld, shownWanted] = [old, wanted].map((object) => maskedObject(object ?? {}));
  return walk('', [old, wanted], [shownOld, shownWanted]);
}

/** "spec.replicas: 1 → 2", or with "+" or "-" before a field that is added or removed. */
export function differenceText({ path, from, to }: Difference): string {
  if (from === undefined) return `+ ${path}: ${to ?? ''}`;
  return to === undefined ? `- ${path}: ${from}` : `${path}: ${from} → ${to}`;
}

type Pair = readonly [unknown, unknown];

function walk(path: string, [a, b]: Pair, [shownA, shownB]: Pair): readonly Difference[] {
  if (same(a, b)) return [];
  const [left, right] = [membersOf(a, b), membersOf(b, a)];
  if (!left || !right)
    return [
      {
        path,
        ...(a === undefined ? {} : { from: textOf(shownA) }),
        ...(b === undefined ? {} : { to: textOf(shownB) }),
      },
    ];
  const [shownLeft, shownRight] = [membersOf(shownA, shownB) ?? {}, membersOf(shownB, shownA) ?? {}];
  const keys = [...new Set([...Object.keys(right), ...Object.keys(left)])];
  return keys.flatMap((key) =>
    walk(pathTo(path, key, Array.isArray(a ?? b)), [left[key], right[key]], [shownLeft[key], shownRight[key]]),
  );
}

/**
 * Members by key. Those of a list of objects by name if each has its own, else by position. A missing value has none.
 * Undefined for a value that is shown as a whole, and if the other one is of another form.
 */
function membersOf(value: unknown, other: unknown): Readonly<Record<string, unknown>> | undefined {
  if (value === undefined)
    return (isRecord(other) && Object.keys(other).length > 0) || isObjects(other) ? {} : undefined;
  if (isRecord(value))
    return isRecord(other) || (other === undefined && Object.keys(value).length > 0) ? value : undefined;
  if (!isObjects(value) || !(other === undefined || isObjects(other))) return undefined;
  const names = [value, other ?? value].map((list) => list.map(({ name }) => (typeof name === 'string' ? name : '')));
  const named = names.every((list) => list.every(Boolean) && new Set(list).size === list.length);
  return Object.fromEntries(value.map((item, index) => [named ? String(item['name']) : String(index), item]));
}

function isObjects(value: unknown): value is readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) && value.length > 0 && value.every(isRecord);
}

function pathTo(path: string, key: string, inList: boolean): string {
  if (inList || key.includes('.')) return `${path}[${key}]`;
  return path === '' ? key : `${path}.${key}`;
}

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

/** The same value with the keys of records in one order. */
export function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .toSorted()
      .map((key) => [key, sorted(value[key])]),
  );
}

function textOf(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length <= MAX_TEXT ? text : `${text.slice(0, MAX_TEXT - 1)}…`;
}
