import { z } from 'zod';
import { touchesNothing, type Command } from '../../commands/command.ts';
import { parse } from '../../contract/parse.ts';
import type { ListedTools } from '../listed-tools.ts';

const output = z.strictObject({
  added: z.array(z.string()).describe('Tools that are new in your list.'),
  listed: z.array(z.string()).describe('Toolsets in your list now.'),
  guidance: z.string(),
});

/** The tool that adds toolsets to the list of the connection. Only connections that are kept have it. */
export function toolsLoad(listed: ListedTools): Command {
  const input = z.strictObject({ toolsets: z.array(z.enum(listed.known as [string, ...string[]])).min(1) });
  const command: Command<typeof input, typeof output> = {
    name: 'tools_load',
    title: 'Add tools to the list',
    description: 'Adds all tools of the named toolsets to your list, until the connection ends.',
    kind: 'read',
    idempotent: true,
    toolset: 'tools',
    input,
    output,
    examples: [{ title: 'Add the tools for single Rollouts', input: { toolsets: [listed.known[0] as string] } }],
    check: (raw) => parse(input, raw ?? {}),
    touches: touchesNothing,
    run: (_context, { toolsets }) => Promise.resolve(listed.add(toolsets)),
    text: ({ added, listed: sets, guidance }) =>
      [
        added.length > 0 ? `Added ${added.join(', ')}.` : 'Every tool of these toolsets was in your list already.',
        `Your list has the toolsets ${sets.join(', ')}.`,
        ...(guidance ? [guidance] : []),
      ].join('\n'),
  };
  return command;
}
