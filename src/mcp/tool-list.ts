import type { Tool } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { annotations, type Command } from '../commands/command.ts';
import { confirmField } from '../commands/confirm.ts';
import { effectFields } from '../contract/effect.ts';
import { placeFields, takeOver } from '../contract/place.ts';
import { reason, requestId } from '../contract/target.ts';

/** A command in the form of `tools/list`. Every byte of it is in every agent's context. */
export function toTool(command: Command): Tool {
  const { input, output } = command.listed ?? {};
  return {
    name: command.name,
    title: command.title,
    description: command.description,
    inputSchema: pickInput(schemaOf(command.input, 'input'), input) as Tool['inputSchema'],
    outputSchema: topLevelFields(schemaOf(command.output, 'output'), output),
    annotations: hints(command),
  };
}

/** Hints that equal the protocol's defaults are left out: not read-only, destructive, not idempotent. */
function hints(command: Command): NonNullable<Tool['annotations']> {
  const { readOnlyHint, destructiveHint, idempotentHint, openWorldHint } = annotations(command);
  if (readOnlyHint) return { readOnlyHint, openWorldHint };
  return {
    ...(destructiveHint ? {} : { destructiveHint }),
    ...(idempotentHint ? { idempotentHint } : {}),
    openWorldHint,
  };
}

interface Json {
  [key: string]: unknown;
  properties?: Record<string, Json>;
  items?: Json;
  enum?: readonly unknown[];
  maximum?: number;
}

/**
 * The server's own validation checks these keywords with better messages. In the list they only take space in every
 * agent's context.
 */
const UNSAID = ['pattern', 'minLength', 'maxLength', 'minItems', 'maxItems', 'exclusiveMinimum', 'propertyNames'];
/** Limits above this only prevent nonsense. */
const SAID_MAXIMUM = 1000;
/** Maximum number of values of an answer field that are listed. Longer lists are states that change with versions. */
const SAID_VALUES = 4;

/** Descriptions that the instructions of the server give once for all tools (src/mcp/instructions.ts). */
const SAID_ONCE: readonly (string | undefined)[] = [
  placeFields.cluster.description,
  confirmField.description,
  reason.description,
  requestId.description,
  takeOver.description,
  ...Object.values(effectFields(z.strictObject({}))).map(({ description }) => description),
];
/** Fields in the answer of every write. The instructions describe them. */
const OF_EVERY_EFFECT = ['before', 'after', 'release_id'];

function schemaOf(schema: z.ZodObject, io: 'input' | 'output'): Json {
  // Draft 7 is the newest draft that clients of both eras check by default.
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    io,
    target: 'draft-7',
    override: ({ jsonSchema, path }) => shorten(jsonSchema as Json, path),
  });
  return json as Json;
}

function shorten(json: Json, path: readonly (string | number)[]): void {
  for (const word of UNSAID) delete json[word];
  const description = json['description'] as string | undefined;
  if (SAID_ONCE.includes(description) || repeatsName(description, path.at(-1))) delete json['description'];
  // The server's own validation refuses an unknown field and names the nearest one. A client's validation would only
  // refuse it.
  delete json['additionalProperties'];
  if ((json.maximum ?? 0) > SAID_MAXIMUM) delete json.maximum;
}

/** `namespace: "Namespace."` has no information, nor has "Only this namespace." of a list. */
function repeatsName(description: unknown, name: string | number | undefined): boolean {
  return (
    typeof description === 'string' &&
    typeof name === 'string' &&
    description.replace(/^Only this |\.$/g, '').toLowerCase() === name.replaceAll('_', ' ')
  );
}

/** The input schema with the listed fields only. */
function pickInput(schema: Json, listed: readonly string[] | undefined): Json {
  const { properties = {} } = schema;
  if (!listed) return schema;
  return { ...schema, properties: Object.fromEntries(listed.map((name) => [name, properties[name] ?? {}])) };
}

/**
 * The top-level fields of an answer. Deeper fields explain themselves in the answer. The schema is open, unlike its
 * source, and does not list required fields: a client that has cached it must not refuse the answers of another
 * version.
 */
function topLevelFields({ type, properties = {} }: Json, listed?: readonly string[]): Json {
  const effect = 'effective' in properties;
  const shown = Object.entries(properties).filter(([name]) =>
    listed ? listed.includes(name) : !(effect && OF_EVERY_EFFECT.includes(name)),
  );
  const fields = shown.map(([name, field]) => [name, flat(field)] as const).filter(([, field]) => isInformative(field));
  return { type, properties: Object.fromEntries(fields) };
}

/** A field is left out if only its name could be listed. Text and objects are the types that a reader expects. */
function isInformative({ type, ...said }: Json): boolean {
  return !EXPECTED_TYPES.includes(type) || Object.keys(said).length > 0;
}

const EXPECTED_TYPES: readonly unknown[] = ['string', 'object', undefined];

/**
 * Its type is always included: a schema without a validation keyword accepts everything, and checkers warn about it.
 */
function flat({ type, description, items, enum: values, const: value }: Json): Json {
  const itemType = items?.['type'];
  return {
    ...(type === undefined ? {} : { type }),
    ...(description === undefined ? {} : { description }),
    ...(values && values.length <= SAID_VALUES ? { enum: values } : {}),
    ...(value === undefined ? {} : { const: value }),
    ...(items && !EXPECTED_TYPES.includes(itemType) ? { items: { type: itemType } } : {}),
  };
}
