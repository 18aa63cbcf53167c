import { z } from 'zod';
import { touchesNothing, type Command } from '../../commands/command.ts';
import { parse } from '../../contract/parse.ts';
import type { ListedTools } from '../listed-tools.ts';
import type { ToolSearch } from './search-index.ts';

const DEFAULT_LIMIT = 3;

const input = z.strictObject({
  query: z.string().trim().min(1).max(200).describe('What you want to do, in a few words.'),
  limit: z.int().min(1).max(10).default(DEFAULT_LIMIT),
});
const output = z.strictObject({
  total: z.int().describe('Tools that fit, shown or not.'),
  tools: z.array(
    z.strictObject({
      name: z.string(),
      toolset: z.string(),
      kind: z.enum(['read', 'write', 'destructive']),
      listed: z.boolean(),
      description: z.string(),
      arguments: z.record(z.string(), z.unknown()),
    }),
  ),
  next: z.string(),
});
type Output = z.output<typeof output>;

/** The tool that finds the tools that are not in the list of the connection. */
export function toolsSearch(search: ToolSearch, listed: ListedTools): Command<typeof input, typeof output> {
  return {
    name: 'tools_search',
    title: 'Find a tool',
    description: 'Finds tools of this server by words, also those that are not in your list, with their arguments.',
    kind: 'read',
    idempotent: true,
    toolset: 'tools',
    input,
    output,
    examples: [{ title: 'Which tool mirrors traffic?', input: { query: 'mirror traffic' } }],
    check: (raw) => parse(input, raw ?? {}),
    touches: touchesNothing,
    run(_context, { query, limit }) {
      const all = search(query);
      const tools = all.slice(0, limit).map(({ command, tool }) => ({
        name: command.name,
        toolset: command.toolset,
        kind: command.kind,
        listed: listed.has(command.toolset),
        description: command.description,
        arguments: tool.inputSchema,
      }));
      return Promise.resolve({ total: all.length, tools, next: nextOf(tools, listed) });
    },
    text,
  };
}

function nextOf(tools: Output['tools'], listed: ListedTools): string {
  if (tools.length === 0) return `No tool fits. Use other words. The toolsets are ${listed.known.join(', ')}.`;
  const missing = [...new Set(tools.filter((tool) => !tool.listed).map(({ toolset }) => toolset))];
  if (missing.length === 0) return 'Call the tool. It is in your list.';
  return listed.keeps
    ? `Call tools_load with toolsets ${JSON.stringify(missing)} to have the tools that are not in your list.`
    : `A tool that is not in your list can be called by its name. To have it in the list, your operator connects you with ${listed.addressWith(missing)}.`;
}

function text({ total, tools, next }: Output): string {
  const lines = tools.map(
    (tool) =>
      `${tool.name} (${tool.toolset}, ${tool.kind}${tool.listed ? '' : ', not in your list'}): ${tool.description}\n  arguments: ${JSON.stringify(tool.arguments)}`,
  );
  const more = total > tools.length ? [`${total - tools.length} more fit; narrow the query or raise limit.`] : [];
  return [...lines, ...more, next].join('\n');
}
