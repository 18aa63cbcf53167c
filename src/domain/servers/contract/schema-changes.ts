import { canonical } from './canonical.ts';
import type { Json } from './lock.ts';

/** `in`: values that a caller sends. `out`: values that a caller gets. */
export type Direction = 'in' | 'out';

/** One difference. `breaks`: a caller of the former version may fail. */
export interface SchemaChange {
  readonly breaks: boolean;
  readonly what: string;
}

/** Keywords that only describe. */
const SILENT = ['title', 'description', 'default', 'examples', '$schema', '$id', '$comment', 'deprecated', '$defs'];
const COMPARED = ['type', 'enum', 'const', 'properties', 'required', 'items', 'additionalProperties', '$ref'];
const LOWER = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'];
const UPPER = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'];
/** A deeper schema is compared as a whole. */
const DEPTH = 16;

interface Sides {
  readonly from: Json;
  readonly to: Json;
}

interface Where {
  readonly path: string;
  readonly direction: Direction;
  readonly depth: number;
  /** The schemas in which references are looked up. */
  readonly roots: Sides;
  /** Pairs of references that were compared already. A schema may refer to itself. */
  readonly seen: Set<string>;
}

/** The differences of two JSON schemas. A difference that cannot be judged breaks. */
export function schemaChanges(from: Json, to: Json, direction: Direction): readonly SchemaChange[] {
  return changesAt({ from, to }, { path: '', direction, depth: 0, roots: { from, to }, seen: new Set() });
}

function changesAt(sides: Sides, where: Where): readonly SchemaChange[] {
  const references = [sides.from, sides.to].map((one) => (typeof one['$ref'] === 'string' ? one['$ref'] : ''));
  const pair = references.join(' ');
  if (pair !== ' ' && where.seen.has(pair)) return [];
  if (pair !== ' ') where.seen.add(pair);
  const from = resolved(sides.from, where.roots.from);
  const to = resolved(sides.to, where.roots.to);
  if (canonical(from) === canonical(to) && !usesReference(from)) return [];
  if (where.depth > DEPTH) return [{ breaks: true, what: `${at(where)} differs` }];
  const both = { from, to };
  return [
    ...valueChanges(both, where),
    ...limitChanges(both, where),
    ...fieldChanges(both, where),
    ...openChanges(both, where),
    ...itemChanges(both, where),
    ...otherChanges(both, where),
  ];
}

/** Fewer allowed values break who sends them; more break who gets them. */
function byWidth(less: boolean, more: boolean, { direction }: Where): boolean {
  return direction === 'in' ? less : more;
}

function valueChanges({ from, to }: Sides, where: Where): readonly SchemaChange[] {
  return [typesOf, valuesOf].flatMap((read) => {
    const [before, after] = [read(from), read(to)];
    const gone = before === undefined ? after !== undefined : after !== undefined && !covers(after, before);
    const come = after === undefined ? before !== undefined : before !== undefined && !covers(before, after);
    if (!gone && !come) return [];
    const name = read === typesOf ? 'type' : 'allowed values';
    const what = `${at(where)}: ${name} ${shown(before)} became ${shown(after)}`;
    return [{ breaks: byWidth(gone, come, where), what }];
  });
}

function typesOf({ type }: Json): readonly string[] | undefined {
  return type === undefined ? undefined : [type].flat().map(String);
}

function valuesOf(schema: Json): readonly string[] | undefined {
  if (Array.isArray(schema['enum'])) return schema['enum'].map(canonical);
  return schema['const'] === undefined ? undefined : [canonical(schema['const'])];
}

/** Each integer is a number. */
function covers(wide: readonly string[], narrow: readonly string[]): boolean {
  return narrow.every((one) => wide.includes(one) || (one === 'integer' && wide.includes('number')));
}

function shown(values: readonly string[] | undefined): string {
  return values === undefined ? 'any' : values.join(', ');
}

function limitChanges({ from, to }: Sides, where: Where): readonly SchemaChange[] {
  return [...LOWER, ...UPPER].flatMap((key) => {
    const sign = LOWER.includes(key) ? 1 : -1;
    const [before, after] = [from[key], to[key]].map((value) => (typeof value === 'number' ? value * sign : -Infinity));
    if (before === undefined || after === undefined || before === after) return [];
    const what = `${at(where)}: ${key} ${limit(from[key])} became ${limit(to[key])}`;
    return [{ breaks: byWidth(after > before, after < before, where), what }];
  });
}

function limit(value: unknown): string {
  return typeof value === 'number' ? String(value) : 'none';
}

function fieldChanges({ from, to }: Sides, where: Where): readonly SchemaChange[] {
  const [before, after] = [propertiesOf(from), propertiesOf(to)];
  const [needed, needs] = [requiredOf(from), requiredOf(to)];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name) => {
    const inner = { ...where, path: where.path === '' ? name : `${where.path}.${name}`, depth: where.depth + 1 };
    const [was, is] = [before[name], after[name]];
    if (was === undefined) return [added(inner, needs.includes(name))];
    if (is === undefined) return [{ breaks: true, what: `${at(inner)} is gone` }];
    const mandatory = mandatoryChange(inner, needed.includes(name), needs.includes(name));
    return [...mandatory, ...changesAt({ from: was, to: is }, inner)];
  });
}

function added(where: Where, required: boolean): SchemaChange {
  const must = required && where.direction === 'in';
  return { breaks: must, what: `${at(where)} is new${must ? ' and required' : ''}` };
}

function mandatoryChange(where: Where, was: boolean, is: boolean): readonly SchemaChange[] {
  if (was === is) return [];
  const what = `${at(where)} ${is ? 'is required now' : 'is no longer required'}`;
  return [{ breaks: byWidth(is, !is, where), what }];
}

/** `additionalProperties: false` refuses what was accepted. */
function openChanges({ from, to }: Sides, where: Where): readonly SchemaChange[] {
  const [before, after] = [from['additionalProperties'] ?? true, to['additionalProperties'] ?? true];
  if (canonical(before) === canonical(after)) return [];
  if (isSchema(before) && isSchema(after))
    return changesAt({ from: before, to: after }, { ...where, path: `${where.path}.*`, depth: where.depth + 1 });
  const less = before === true || after === false;
  const what = `${at(where)}: other fields are ${less ? 'no longer' : 'now'} allowed freely`;
  return [{ breaks: byWidth(less, !less, where), what }];
}

function itemChanges({ from, to }: Sides, where: Where): readonly SchemaChange[] {
  const [before, after] = [from['items'] ?? {}, to['items'] ?? {}];
  const inner = { ...where, path: `${where.path}[]`, depth: where.depth + 1 };
  if (isSchema(before) && isSchema(after)) return changesAt({ from: before, to: after }, inner);
  return canonical(before) === canonical(after) ? [] : [{ breaks: true, what: `${at(inner)} differs` }];
}

/** Keywords such as anyOf, pattern and format are compared as a whole. A pattern that is gone allows more. */
function otherChanges({ from, to }: Sides, where: Where): readonly SchemaChange[] {
  const known = [...SILENT, ...COMPARED, ...LOWER, ...UPPER];
  const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])].filter((key) => !known.includes(key));
  return keys
    .filter((key) => canonical(from[key] ?? null) !== canonical(to[key] ?? null))
    .map((key) => ({
      breaks: byWidth(to[key] !== undefined, from[key] !== undefined, where) || (key in from && key in to),
      what: `${at(where)}: ${key} ${key in from ? (key in to ? 'differs' : 'is gone') : 'is new'}`,
    }));
}

function propertiesOf({ properties }: Json): Readonly<Record<string, Json>> {
  if (!isSchema(properties)) return {};
  return Object.fromEntries(Object.entries(properties).map(([name, one]) => [name, isSchema(one) ? one : {}]));
}

function requiredOf({ required }: Json): readonly string[] {
  return Array.isArray(required) ? required.map(String) : [];
}

function isSchema(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function usesReference(schema: Json): boolean {
  return canonical(schema).includes('"$ref"');
}

/** A reference inside the same schema. Another one stays, and is compared as it is written. */
function resolved(schema: Json, root: Json): Json {
  const reference = schema['$ref'];
  if (typeof reference !== 'string' || !reference.startsWith('#/')) return schema;
  const keys = reference.slice(2).split('/');
  const target = keys.reduce<unknown>(
    (one, key) => (isSchema(one) ? one[key.replaceAll('~1', '/').replaceAll('~0', '~')] : undefined),
    root,
  );
  return isSchema(target) ? target : schema;
}

function at({ path, direction }: Where): string {
  if (path === '') return direction === 'in' ? 'its arguments' : 'its answer';
  return `${direction === 'in' ? 'argument' : 'field'} ${path}${direction === 'in' ? '' : ' of the answer'}`;
}
