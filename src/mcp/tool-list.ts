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
    outputSchema: outline(schemaOf(command.output, 'output'), OUTPUT_LEVELS),
    annotations: annotations(command),
  };
}

interface Json {
  [key: string]: unknown;
  properties?: Record<string, Json>;
  items?: Json;
}

/** Our own check refuses what breaks these, in better words; in the list they only take room in every agent's context. */
const UNSAID = ['pattern', 'minLength', 'maxLength', 'minItems', 'maxItems', 'exclusiveMinimum'];
/** Fields of the answer, and of the entries of its lists; what is deeper explains itself when it comes. */
const OUTPUT_LEVELS = 1;

function schemaOf(schema: z.ZodObject, io: 'input' | 'output'): Json {
  // Draft 7: the newest that clients of both eras check without being told.
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io, target: 'draft-7', override: ({ jsonSchema }) => UNSAID.forEach((word) => delete (jsonSchema as Json)[word]) });
  return json as Json;
}

/**
 * The upper levels of an answer's schema. Open, unlike the schema it comes from: a client that has cached it must
 * not refuse the answers of a newer server with one field more.
 */
function outline({ additionalProperties: _, properties, items, required, ...rest }: Json, levels: number): Json {
  if (items) return { ...rest, items: outline(items, levels + 1) };
  if (levels === 0) return rest;
  return {
    ...rest,
    ...(properties ? { properties: Object.fromEntries(Object.entries(properties).map(([name, child]) => [name, outline(child, levels - 1)])), required } : {}),
  };
}
