import { z } from 'zod';

/** A leaf of an input schema, for doors that have no nested values (CLI flags). */
export interface Field {
  readonly path: readonly string[];
  readonly type: 'string' | 'number' | 'boolean' | 'list';
  readonly description: string;
}

/** The schema without optional, default and nullable around it. */
export function inner(schema: z.core.$ZodType): z.core.$ZodType {
  const definition = schema._zod.def as { innerType?: z.core.$ZodType };
  return definition.innerType ? inner(definition.innerType) : schema;
}

/** The fields of an object schema; undefined for any other. */
export function shapeOf(schema: z.core.$ZodType): Readonly<Record<string, z.core.$ZodType>> | undefined {
  const bare = inner(schema);
  return bare instanceof z.ZodObject ? (bare.shape) : undefined;
}

/** The names that are allowed at a path of an object schema. */
export function namesAt(schema: z.core.$ZodType, path: readonly PropertyKey[]): readonly string[] {
  const shape = shapeOf(schema);
  if (!shape) return [];
  const [head, ...rest] = path;
  if (head === undefined) return Object.keys(shape);
  const next = Object.hasOwn(shape, head) ? shape[String(head)] : undefined;
  return next ? namesAt(next, rest) : [];
}

/** Every leaf of an object schema, in order. */
export function fieldsOf(schema: z.core.$ZodType, path: readonly string[] = []): readonly Field[] {
  const shape = shapeOf(schema);
  if (!shape) return [{ path, type: typeOf(inner(schema)), description: describe(schema) }];
  return Object.entries(shape).flatMap(([name, child]) => fieldsOf(child, [...path, name]));
}

function typeOf(schema: z.core.$ZodType): Field['type'] {
  if (schema instanceof z.ZodNumber) return 'number';
  if (schema instanceof z.ZodBoolean) return 'boolean';
  return schema instanceof z.ZodArray ? 'list' : 'string';
}

function describe(schema: z.core.$ZodType): string {
  return (schema as z.ZodType).description ?? (inner(schema) as z.ZodType).description ?? '';
}
