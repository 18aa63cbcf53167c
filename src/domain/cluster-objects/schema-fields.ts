import { cleanText } from '../safe-text.ts';
import { isRecord, recordAt, recordsAt, textAt } from './api-object.ts';

type Schema = Readonly<Record<string, unknown>>;

export interface ExplainedField {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly description: string;
}

export interface Explained {
  readonly type: string;
  readonly description: string;
  readonly fields: readonly ExplainedField[];
}

const REF = '#/components/schemas/';
const MAX_FIELD = 160;
const MAX_DESCRIPTION = 1500;

/** The schema of a kind among those of its group and version. */
export function schemaOf(
  schemas: Schema,
  wanted: { readonly group: string; readonly version: string; readonly kind: string },
): Schema | undefined {
  const isWanted = (schema: unknown): schema is Schema =>
    recordsAt(schema, 'x-kubernetes-group-version-kind').some(
      ({ group, version, kind }) => group === wanted.group && version === wanted.version && kind === wanted.kind,
    );
  return Object.values(schemas).find(isWanted);
}

/** The schema of a field. Undefined if there is none; then `known` are the names at the last part that exists. */
export function fieldSchema(
  schemas: Schema,
  root: Schema,
  path: readonly string[],
): { readonly schema?: Schema; readonly known: readonly string[] } {
  let schema = resolved(schemas, root);
  for (const part of path) {
    const inner = membersOf(schemas, schema);
    const next = Object.hasOwn(inner, part) ? inner[part] : recordAt(schema, 'additionalProperties');
    if (!isRecord(next) || Object.keys(next).length === 0) return { known: Object.keys(inner) };
    schema = resolved(schemas, next);
  }
  return { schema, known: [] };
}

export function explained(schemas: Schema, schema: Schema): Explained {
  const inner = resolved(schemas, schema);
  const holder = resolved(schemas, itemOf(inner) ?? inner);
  const required = Array.isArray(holder['required']) ? (holder['required'] as unknown[]) : [];
  return {
    type: typeOf(schemas, inner),
    description: cleanText(textAt(inner, 'description') ?? textAt(holder, 'description') ?? '', MAX_DESCRIPTION),
    fields: Object.entries(membersOf(schemas, inner)).map(([name, field]) => ({
      name,
      type: typeOf(schemas, field),
      required: required.includes(name),
      description: cleanText((textAt(field, 'description') ?? '').replaceAll(/\s+/g, ' '), MAX_FIELD),
    })),
  };
}

/** Follows `$ref`. A field with a description of its own has it beside `allOf`. */
function resolved(schemas: Schema, schema: Schema): Schema {
  const name = (textAt(schema, '$ref') ?? textAt(recordsAt(schema, 'allOf')[0], '$ref'))?.replace(REF, '');
  if (name === undefined) return schema;
  const { $ref: _, allOf: __, ...own } = schema;
  return { ...recordAt(schemas, name), ...own };
}

function membersOf(schemas: Schema, schema: Schema): Readonly<Record<string, Schema>> {
  const holder = resolved(schemas, itemOf(schema) ?? schema);
  return Object.fromEntries(
    Object.entries(recordAt(holder, 'properties')).filter((entry): entry is [string, Schema] => isRecord(entry[1])),
  );
}

function itemOf(schema: Schema): Schema | undefined {
  return isRecord(schema['items']) ? schema['items'] : undefined;
}

function typeOf(schemas: Schema, field: Schema): string {
  const schema = resolved(schemas, field);
  const item = itemOf(schema);
  if (item) return `list of ${typeOf(schemas, item)}`;
  const values = recordAt(schema, 'additionalProperties');
  if (Object.keys(values).length > 0) return `map of ${typeOf(schemas, values)}`;
  if (schema['x-kubernetes-int-or-string'] === true) return 'integer or string';
  return textAt(schema, 'type') ?? 'any';
}
