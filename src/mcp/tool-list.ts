import type { Tool } from '@modelcontextprotocol/server';
import { z } from 'zod';
import { annotations, type Command } from '../commands/command.ts';

/** A command as `tools/list` shows it. */
export function toTool(command: Command): Tool {
  return {
    name: command.name,
    title: command.title,
    description: command.description,
    inputSchema: schemaOf(command.input, 'input') as Tool['inputSchema'],
    outputSchema: outline(schemaOf(command.output, 'output')),
    annotations: hints(command),
  };
}

/** Whether a read destroys, or may be repeated, is not asked: the protocol gives both a meaning for writes only. */
function hints(command: Command): NonNullable<Tool['annotations']> {
  const { readOnlyHint, openWorldHint, ...ofWrites } = annotations(command);
  return { readOnlyHint, ...(readOnlyHint ? {} : ofWrites), openWorldHint };
}

interface Json {
  [key: string]: unknown;
  properties?: Record<string, Json>;
  items?: Json;
  enum?: readonly unknown[];
  maximum?: number;
}

/**
 * Our own check refuses what breaks these, in better words; in the list they only take room in every agent's context.
 */
const UNSAID = ['pattern', 'minLength', 'maxLength', 'minItems', 'maxItems', 'exclusiveMinimum', 'propertyNames'];
/** Limits above this are there to stop nonsense. */
const SAID_MAXIMUM = 1000;
/** Values of an answer that are worth naming; more are states that come and go with versions. */
const SAID_VALUES = 4;

function schemaOf(schema: z.ZodObject, io: 'input' | 'output'): Json {
  // Draft 7: the newest that clients of both eras check without being told.
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    io,
    target: 'draft-7',
    override: ({ jsonSchema, path }) => shorten(jsonSchema as Json, path),
  });
  return json as Json;
}

function shorten(json: Json, path: readonly (string | number)[]): void {
  for (const word of UNSAID) delete json[word];
  if (saysItsName(json['description'], path.at(-1))) delete json['description'];
  // Said of the whole input, once; our own check names the nearest field.
  if (path.length > 0) delete json['additionalProperties'];
  if ((json.maximum ?? 0) > SAID_MAXIMUM) delete json.maximum;
}

/** `namespace: "Namespace."` tells nobody anything, nor does "Only this namespace." of a list. */
function saysItsName(description: unknown, name: string | number | undefined): boolean {
  return (
    typeof description === 'string' &&
    typeof name === 'string' &&
    description.replace(/^Only this |\.$/g, '').toLowerCase() === name.replaceAll('_', ' ')
  );
}

/**
 * The fields of an answer; what is deeper explains itself when it comes. Open, unlike the schema it comes from, and
 * without the
 * list of those that are always there: a client that has cached it must not refuse the answers of another version.
 */
function outline({ type, properties = {} }: Json): Json {
  return {
    type,
    properties: Object.fromEntries(Object.entries(properties).map(([name, field]) => [name, flat(field)])),
  };
}

function flat({ type, description, items, enum: values, const: value }: Json): Json {
  return {
    type,
    ...(description === undefined ? {} : { description }),
    ...(values && values.length <= SAID_VALUES ? { enum: values } : {}),
    ...(value === undefined ? {} : { const: value }),
    ...(items ? { items: { type: items['type'] } } : {}),
  };
}
