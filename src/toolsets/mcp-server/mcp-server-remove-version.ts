import { z } from 'zod';
import { parse } from '../../contract/parse.ts';
import { changeFields } from '../../contract/server-input.ts';
import { remove } from '../../domain/servers/actions.ts';
import { touchesNothing, type Command, type CommandContext, type Confirmation } from '../../commands/command.ts';
import { confirmField, requireConfirmation } from '../../commands/confirm.ts';
import { type Asked, changeOutput, changeServer, changeText } from './answer.ts';
import { foundServer } from './found-server.ts';

const input = z.strictObject({ ...changeFields, confirm: confirmField });

export const mcpServerRemoveVersion: Command<typeof input, typeof changeOutput> = {
  name: 'mcp_server_remove_version',
  title: 'Remove a version',
  description:
    'Removes a version without callers that is not blue, or the only version of a server. Its history stays. Needs confirm.',
  kind: 'destructive',
  idempotent: false,
  toolset: 'mcp-server',
  positional: ['name', 'version'],
  input,
  output: changeOutput,
  examples: [{ title: 'Remove 3.0.0', input: { name: 'demo', version: '3.0.0', confirm: 'demo@3.0.0' } }],
  check: (raw) => parse(input, raw),
  touches: touchesNothing,
  confirmation: toConfirm,
  async run(context, given) {
    requireConfirmation(await toConfirm(context, given), given.confirm);
    return changeServer(context, given, (server, by) => remove(server, given.version, by));
  },
  text: changeText,
};

/** What cannot be removed is refused before a person is asked. */
async function toConfirm(context: CommandContext, { name, version }: Asked): Promise<Confirmation> {
  const server = await foundServer(context, name);
  const { versions } = remove(server, version, { at: context.ports.now(), who: context.caller.id });
  const left = versions.length === 0 ? 'It is the only version: callers get errors until another is registered.' : '';
  const value = `${name}@${version}`;
  return { value, question: `Remove ${value}? ${left}`.trim() };
}
