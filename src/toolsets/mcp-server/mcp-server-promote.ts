import { z } from 'zod';
import { parse } from '../../contract/parse.ts';
import { changeFields } from '../../contract/server-input.ts';
import { promote } from '../../domain/servers/actions.ts';
import { touchesNothing, type Command } from '../../commands/command.ts';
import { changeOutput, changeServer, changeText } from './answer.ts';

const input = z.strictObject(changeFields);

export const mcpServerPromote: Command<typeof input, typeof changeOutput> = {
  name: 'mcp_server_promote',
  title: 'Make a version blue',
  description:
    'Makes a version the stable one. It takes the callers of the former blue version, which becomes inactive and stays registered for a rollback. Other green versions keep theirs.',
  kind: 'write',
  idempotent: true,
  toolset: 'mcp-server',
  positional: ['name', 'version'],
  input,
  output: changeOutput,
  examples: [{ title: '2.0.0 becomes blue', input: { name: 'demo', version: '2.0.0' } }],
  check: (raw) => parse(input, raw),
  touches: touchesNothing,
  run: (context, given) => changeServer(context, given, (server, by) => promote(server, given.version, by)),
  text: changeText,
};
