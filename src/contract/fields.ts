import { z } from 'zod';

/** A leaf of an input schema, for interfaces without nested values (CLI flags). */
export interface Field {
  readonly path: readonly string[];
  /** `map`: names and values. `structure`: lists of objects and all other values that do not fit one word. */
  readonly type: 'string' | 'number' | 'boolean' | 'list' | 'numbers' | 'map' | 'structure';
  readonly description: string;
  /** The only values that it accepts. */
  readonly choices?: readonly string[];
  /** Its value if it is absent, where the schema says one. */
  readonly standard?: string | number | boolean;
}

/** The schema without optional, default and nullable around it. */
export function inner(schema: z.core.$ZodType): z.core.$ZodType {
  const definition = schema._zod.def as { innerType?: z.core.$ZodType };
  return definition.innerType ? inner(definition.innerType) : schema;
}

/** The fields of an object schema; undefined for any other. */
export function shapeOf(schema: z.core.$ZodType): Readonly<Record<string, z.core.$ZodType>> | undefined {
  const bare = inner(schema);
  return bare instanceof z.ZodObject ? bare.shape : undefined;
}

/** The names that are allowed at a path of a schema of objects and lists. */
export function namesAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): readonly string[] {
  const [head, ...rest] = path;
  const bare = inner(schema);
  if (bare instanceof z.ZodArray && head !== undefined) return namesAt(bare.element, rest);
  const shape = shapeOf(schema);
  if (!shape) return [];
  if (head === undefined) return Object.keys(shape);
  const next = Object.hasOwn(shape, head) ? shape[String(head)] : undefined;
  return next ? namesAt(next, rest) : [];
}

/** Every leaf of an object schema, in order. */
export function fieldsOf(schema: z.core.$ZodType, path: readonly string[] = []): readonly Field[] {
  const shape = shapeOf(schema);
  if (!shape) return [leaf(schema, path)];
  return Object.entries(shape).flatMap(([name, child]) => fieldsOf(child, [...path, name]));
}

function leaf(schema: z.core.$ZodType, path: readonly string[]): Field {
  const bare = inner(schema);
  const choices = bare instanceof z.ZodEnum ? { choices: bare.options.map(String) } : {};
  return { path, type: typeOf(bare), description: describe(schema), ...choices, ...standardOf(schema) };
}

function standardOf(schema: z.core.$ZodType): Pick<Field, 'standard'> {
  const value = schema instanceof z.ZodDefault ? schema.def.defaultValue : undefined;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? { standard: value }
    : {};
}

function typeOf(schema: z.core.$ZodType): Field['type'] {
  if (schema instanceof z.ZodNumber) return 'number';
  if (schema instanceof z.ZodBoolean) return 'boolean';
  if (schema instanceof z.ZodString || schema instanceof z.ZodEnum) return 'string';
  if (schema instanceof z.ZodArray) return listOf(inner(schema.element));
  return schema instanceof z.ZodRecord && typeOf(inner(schema.valueType)) !== 'structure' ? 'map' : structureOr(schema);
}

function listOf(element: z.core.$ZodType): Field['type'] {
  const type = typeOf(element);
  if (type === 'number') return 'numbers';
  return type === 'string' ? 'list' : 'structure';
}

/** Checked text (a pipe, a transformation of text) is text at the command line. */
function structureOr(schema: z.core.$ZodType): Field['type'] {
  const from = (schema._zod.def as { in?: z.core.$ZodType }).in;
  if (from) return typeOf(inner(from));
  return schema instanceof z.ZodObject ||
    schema instanceof z.ZodRecord ||
    schema instanceof z.ZodUnknown ||
    schema instanceof z.ZodAny
    ? 'structure'
    : 'string';
}

function describe(schema: z.core.$ZodType): string {
  return (schema as z.ZodType).description ?? (inner(schema) as z.ZodType).description ?? '';
}
