import { z } from 'zod';
import { parse } from '../../contract/parse.ts';
import { changeFields } from '../../contract/server-input.ts';
import { rollback } from '../../domain/servers/actions.ts';
import { touchesNothing, type Command } from '../../commands/command.ts';
import { changeOutput, changeServer, changeText } from './answer.ts';

const input = z.strictObject(changeFields);

export const mcpServerRollback: Command<typeof input, typeof changeOutput> = {
  name: 'mcp_server_rollback',
  title: 'Roll a version back',
  description:
    'Takes all callers from a version and makes it inactive; the blue version gets them. A version that is blue itself gives its place back to the version that was blue before it.',
  kind: 'write',
  idempotent: false,
  toolset: 'mcp-server',
  positional: ['name', 'version'],
  input,
  output: changeOutput,
  examples: [{ title: '2.0.0 goes back', input: { name: 'demo', version: '2.0.0' } }],
  check: (raw) => parse(input, raw),
  touches: touchesNothing,
  run: (context, given) => changeServer(context, given, (server, by) => rollback(server, given.version, by)),
  text: changeText,
};
