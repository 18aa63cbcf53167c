import { offered } from '../../commands/gate.ts';
import { commandsOf, offeredToolsets } from '../../commands/toolset.ts';
import { failureResponses, failureSchemas, refusals } from './openapi-failures.ts';
import { reportPaths } from './openapi-report.ts';
import { toolPath } from './openapi-tool.ts';
import type { RestDeps } from './deps.ts';
import type { Json, Shelf } from './tools.ts';

/** An OpenAPI 3.1 document. */
export interface OpenApiDocument extends Json {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Json>>;
}

const ABOUT = [
  'Every tool of Sluice by HTTP: the same checks, errors and safety as over MCP.',
  'A call answers `{"result": …}` or `{"error": {code, message, next}}`; both, with the status of the error, when the tool answered and its answer is bad news, a refused write for example.',
  'With `Accept: text/event-stream` a call answers with server-sent events: `progress`, and last `result` or `error`.',
  'Tools that change something are absent while MCP_ALLOW_WRITE is not true.',
].join('\n\n');

/** The document of the tools that this server offers. `access`: the server asks for a credential. */
export function openApiDocument({
  toolsets,
  gate,
  version,
  access,
}: Shelf & Pick<RestDeps, 'version' | 'access'>): OpenApiDocument {
  const commands = offered(commandsOf(toolsets), gate);
  const names = toolsets.map(({ name }) => name);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Sluice Tools API',
      version,
      description: ABOUT,
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    ...(access && { security: [{ credential: [] }] }),
    // The page shows them in this order, and callers look for the tools first.
    tags: [
      ...offeredToolsets(toolsets, gate).map(({ name, about }) => ({ name, description: `${about}.` })),
      { name: 'tools', description: 'The list of the tools, and the description of each.' },
    ],
    paths: {
      '/engine/v1/tools': { get: listing(names) },
      '/engine/v1/openapi.json': { get: DOCUMENT },
      ...Object.fromEntries(commands.map(toolPath)),
      ...reportPaths(commands),
    },
    components: {
      schemas: { ToolEntry: toolEntry(names), ...failureSchemas() },
      responses: failureResponses(),
      ...(access && { securitySchemes: { credential: { type: 'http', scheme: 'bearer' } } }),
    },
  };
}

const listing = (names: readonly string[]): Json => ({
  operationId: 'list_tools',
  tags: ['tools'],
  summary: 'List the tools',
  description: 'Every tool that this server offers, with its schemas. Categories are toolsets.',
  parameters: [
    {
      name: 'toolset',
      in: 'query',
      description: 'Only tools of these toolsets.',
      style: 'form',
      explode: false,
      schema: { type: 'array', minItems: 1, items: { type: 'string', enum: names } },
      example: names.slice(0, 2),
    },
  ],
  responses: {
    200: { description: 'The tools.', content: { 'application/json': { schema: toolList(names) } } },
    ...refusals([400, 403]),
  },
});

const DOCUMENT: Json = {
  operationId: 'get_openapi',
  tags: ['tools'],
  summary: 'This document',
  responses: {
    200: {
      description: 'The document.',
      content: { 'application/json': { schema: { type: 'object', required: ['openapi', 'paths'] } } },
    },
    ...refusals([403]),
  },
};

function toolList(sets: readonly string[]): Json {
  const names = { type: 'array', items: { type: 'string' } };
  const category = {
    type: 'object',
    required: ['name', 'tools'],
    additionalProperties: false,
    properties: { name: { type: 'string', enum: sets }, tools: names },
  };
  return {
    type: 'object',
    required: ['categories', 'tools'],
    additionalProperties: false,
    properties: {
      categories: { type: 'array', items: category },
      tools: { type: 'array', items: { $ref: '#/components/schemas/ToolEntry' } },
    },
  };
}

const flag = { type: 'boolean' };
const text = { type: 'string' };
const schema = { type: 'object', description: 'JSON Schema 2020-12.' };

const toolEntry = (names: readonly string[]): Json => ({
  type: 'object',
  required: [
    'name',
    'category',
    'title',
    'description',
    'kind',
    'annotations',
    'input_schema',
    'output_schema',
    'examples',
  ],
  additionalProperties: false,
  properties: {
    name: text,
    category: { type: 'string', enum: names },
    title: text,
    description: text,
    kind: {
      type: 'string',
      enum: ['read', 'write', 'destructive'],
      description: 'destructive: wants to be confirmed.',
    },
    annotations: {
      type: 'object',
      description: 'As in MCP.',
      properties: { readOnlyHint: flag, destructiveHint: flag, idempotentHint: flag, openWorldHint: flag },
    },
    input_schema: schema,
    output_schema: schema,
    examples: {
      type: 'array',
      items: { type: 'object', required: ['title', 'input'], properties: { title: text, input: { type: 'object' } } },
    },
  },
});
