import { z } from 'zod';
import type { Command } from '../commands/command.ts';
import { groupOf } from './group.ts';
import { wordOf } from './terminal-words.ts';

/** One tool with everything that a caller needs to know. */
export function describeTool(command: Command, bytes: number) {
  const { name, title, description, toolset, kind, input, output, examples } = command;
  return {
    name,
    title,
    description,
    toolset,
    kind,
    confirmed: command.confirmation !== undefined,
    bytes,
    input_schema: z.toJSONSchema(input, { io: 'input' }),
    output_schema: z.toJSONSchema(output, { io: 'output' }),
    examples,
  };
}

export function toolText(page: ReturnType<typeof describeTool>, command: Command): string {
  const asks = page.confirmed ? ', asks for confirmation where it destroys' : '';
  return [
    `${page.name} (${page.toolset}, ${page.kind}${asks}; ${page.bytes} bytes in the tool list)`,
    `${page.title}. ${page.description}`,
    `As a command: sluice ${groupOf(page.toolset)} ${wordOf(command)} --help`,
    '',
    'Input:',
    JSON.stringify(page.input_schema, null, 2),
    '',
    'Output:',
    JSON.stringify(page.output_schema, null, 2),
    ...page.examples.flatMap(({ title, input }) => [
      '',
      `${title}:`,
      `  sluice tools call ${page.name} --input '${JSON.stringify(input)}'`,
    ]),
  ].join('\n');
}
