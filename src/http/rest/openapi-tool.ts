import type { Command } from '../../commands/command.ts';
import { CALLER_HEADER } from '../../contract/caller-header.ts';
import { CALL_STATUSES, refusals } from './openapi-failures.ts';
import { schemaOf, type Json } from './tools.ts';

/** The path of one tool. GET describes it, POST calls it. */
export function toolPath(command: Command): [string, Json] {
  return [`/engine/v1/tools/${command.name}`, { get: describe(command), post: call(command) }];
}

function describe({ name, title }: Command): Json {
  const found = {
    description: 'The tool.',
    content: { 'application/json': { schema: { $ref: '#/components/schemas/ToolEntry' } } },
  };
  return {
    operationId: `describe_${name}`,
    tags: ['tools'],
    summary: `About: ${title}`,
    responses: { 200: found, ...refusals([403, 404]) },
  };
}

function call(command: Command): Json {
  const input = schemaOf(command.input, 'input');
  const examples = Object.fromEntries(
    command.examples.map(({ title, input: value }) => [slug(title), { summary: title, value }]),
  );
  return {
    operationId: command.name,
    tags: [command.toolset],
    summary: command.title,
    description: `${command.description}${command.kind === 'destructive' ? '\n\nWants to be confirmed: 409 CONFIRMATION_REQUIRED tells the value of `confirm` to repeat the call with.' : ''}`,
    parameters: [
      {
        name: CALLER_HEADER,
        in: 'header',
        description: 'Name of the caller for the audit log; not an identity.',
        schema: { type: 'string' },
      },
    ],
    requestBody: {
      required: Array.isArray(input['required']) && input['required'].length > 0,
      content: { 'application/json': { schema: input, examples } },
    },
    responses: { 200: answered(command), ...refusals(CALL_STATUSES) },
  };
}

function answered(command: Command): Json {
  const body = {
    type: 'object',
    required: ['result'],
    additionalProperties: false,
    properties: { result: schemaOf(command.output, 'output') },
  };
  const events = {
    type: 'string',
    description:
      'Events `progress` with {message, fraction}, and last `result` or `error`, whose data is the body of the plain answer.',
  };
  return {
    description: 'The answer.',
    content: { 'application/json': { schema: body }, 'text/event-stream': { schema: events } },
  };
}

function slug(title: string): string {
  return title.toLowerCase().replace(/[^a-z0-9]+/g, '_');
}
