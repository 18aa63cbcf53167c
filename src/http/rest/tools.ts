import { z } from 'zod';
import { mayCall } from '../../commands/access.ts';
import { annotations, type Command } from '../../commands/command.ts';
import { offered, requireOffered, type Gate } from '../../commands/gate.ts';
import { suggestCommand } from '../../commands/suggest.ts';
import { commandsOf, type Toolset } from '../../commands/toolset.ts';
import { parse } from '../../contract/parse.ts';
import type { Caller } from '../../domain/access/caller.ts';
import { SluiceError } from '../../domain/errors.ts';
import { cleanText } from '../../domain/safe-text.ts';
import type { RestDeps } from './deps.ts';

/** The facts of the process that the list depends on. */
export interface Shelf {
  readonly toolsets: readonly Toolset[];
  readonly gate: Gate;
}

/** A command in the form of the Tools API. */
export interface ToolEntry {
  readonly name: string;
  readonly category: string;
  readonly title: string;
  readonly description: string;
  readonly kind: Command['kind'];
  readonly annotations: ReturnType<typeof annotations>;
  readonly input_schema: Json;
  readonly output_schema: Json;
  readonly examples: Command['examples'];
}

export type Json = Record<string, unknown>;

export interface ToolList {
  /** The toolsets of this server that match the filter. */
  readonly categories: readonly { readonly name: string; readonly tools: readonly string[] }[];
  readonly tools: readonly ToolEntry[];
}

function toToolEntry(command: Command): ToolEntry {
  const { name, toolset: category, title, description, kind, examples } = command;
  return {
    name,
    category,
    title,
    description,
    kind,
    annotations: annotations(command),
    input_schema: schemaOf(command.input, 'input'),
    output_schema: schemaOf(command.output, 'output'),
    examples,
  };
}

/** JSON Schema 2020-12, the dialect of OpenAPI 3.1. */
export function schemaOf(schema: z.ZodObject, io: 'input' | 'output'): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, { io });
  return json;
}

const query = z.strictObject({ toolset: z.union([z.string(), z.array(z.string())]).optional() });

/**
 * The toolsets of `?toolset=argo,traefik`, which may also be repeated. Without it, all. Errors: UNKNOWN_NAME,
 * INVALID_INPUT.
 */
export function toolsetsOf({ toolsets }: Pick<Shelf, 'toolsets'>, raw: unknown): readonly string[] {
  const { toolset } = parse(query, raw);
  const all = toolsets.map(({ name }) => name);
  if (toolset === undefined) return all;
  const wanted = z.strictObject({ toolset: z.array(z.enum(all)).min(1) });
  const names = [toolset].flat().flatMap((part) => part.split(','));
  return parse(wanted, { toolset: names.map((name) => name.trim()) }).toolset;
}

/** The tools that the caller may call. */
export function listTools(
  { toolsets, gate, services }: Shelf & Pick<RestDeps, 'services'>,
  wanted: readonly string[],
  caller: Caller,
): ToolList {
  const commands = offered(commandsOf(toolsets), gate).filter(
    (command) => wanted.includes(command.toolset) && mayCall(command, caller, services.settings),
  );
  const categories = toolsets.map(({ name }) => ({
    name,
    tools: commands.filter(({ toolset }) => toolset === name).map((command) => command.name),
  }));
  return { categories: categories.filter(({ tools }) => tools.length > 0), tools: commands.map(toToolEntry) };
}

/** Errors: as `findTool`, and WRITE_DISABLED. */
export function describeTool(shelf: Shelf, name: string): ToolEntry {
  const command = findTool(shelf, name);
  requireOffered(command, shelf.gate);
  return toToolEntry(command);
}

/**
 * It finds a write tool on a read-only server too, because its refusal belongs in the audit log. Errors: TOOL_NOT_FOUND
 * with the nearest name.
 */
export function findTool({ toolsets, gate }: Shelf, name: string): Command {
  const catalogue = commandsOf(toolsets);
  const command = catalogue.find((known) => known.name === name);
  if (!command) throw unknownTool(name, offered(catalogue, gate));
  if (gate.toolsets.length === 0 || gate.toolsets.includes(command.toolset)) return command;
  throw new SluiceError(
    'TOOL_NOT_FOUND',
    `This server does not offer the toolset ${command.toolset}, to which ${name} belongs.`,
    { next: 'Add the toolset to SLUICE_TOOLSETS on the server.' },
  );
}

function unknownTool(name: string, known: readonly Command[]): SluiceError {
  const near = suggestCommand(name, known)?.name;
  const hint = near ? `; did you mean ${near}?` : '.';
  return new SluiceError(
    'TOOL_NOT_FOUND',
    `There is no tool ${cleanText(name, 80)}${hint}`,
    near ? { details: { suggestion: near } } : {},
  );
}
