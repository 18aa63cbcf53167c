import { z } from 'zod';
import { parse } from '../../contract/parse.ts';
import { changeFields } from '../../contract/server-input.ts';
import { SluiceError } from '../../domain/errors.ts';
import { remove } from '../../domain/servers/actions.ts';
import { touchesNothing, type Command, type CommandContext, type Confirmation } from '../../commands/command.ts';
import { confirmField, requireConfirmation } from '../../commands/confirm.ts';
import { changeOutput, changeServer, changeText } from './answer.ts';
import { foundServer } from './found-server.ts';
import { openText, openWork } from './open-work.ts';

const input = z.strictObject({
  ...changeFields,
  end_sessions: z.boolean().optional().describe('Remove it although sessions, tasks or requests are open: they end.'),
  confirm: confirmField,
});
type Input = z.output<typeof input>;

export const mcpServerRemoveVersion: Command<typeof input, typeof changeOutput> = {
  name: 'mcp_server_remove_version',
  title: 'Remove a version',
  description:
    'Removes a drained version without traffic that is not blue, or the only version of a server. Its history stays. Needs confirm.',
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
async function toConfirm(context: CommandContext, given: Input): Promise<Confirmation> {
  const { name, version } = given;
  const server = await foundServer(context, name);
  const { versions } = remove(server, version, { at: context.ports.now(), who: context.caller.id });
  const left = versions.length === 0 ? 'It is the only version: callers get errors until another is registered.' : '';
  const ends = await toEnd(context, given);
  const value = `${name}@${version}`;
  return { value, question: [`Remove ${value}?`, ends && `This ends ${ends}.`, left].filter(Boolean).join(' ') };
}

/** What the removal ends at the gateways, in words. Errors: SERVER_VERSION_IN_USE, unless the caller wants this. */
async function toEnd({ serverGateways }: CommandContext, { name, version, end_sessions }: Input): Promise<string> {
  const open = openWork(await serverGateways.views(), name, version);
  const text = open ? openText(open) : '';
  if (text === '' || end_sessions) return text;
  throw new SluiceError('SERVER_VERSION_IN_USE', `${name} ${version} is not drained. Open at its gateways: ${text}.`, {
    next: 'Wait until mcp_server_status shows nothing open of it. Set end_sessions: true to end them at once.',
  });
}
