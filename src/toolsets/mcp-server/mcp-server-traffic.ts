import { z } from 'zod';
import { parse } from '../../contract/parse.ts';
import { changeFields } from '../../contract/server-input.ts';
import { setTraffic } from '../../domain/servers/actions.ts';
import { touchesNothing, type Command } from '../../commands/command.ts';
import { changeOutput, changeServer, changeText } from './answer.ts';

const input = z.strictObject({
  ...changeFields,
  percent: z.number().describe('Whole percents of the callers, 0 to 100.'),
});

export const mcpServerTraffic: Command<typeof input, typeof changeOutput> = {
  name: 'mcp_server_traffic',
  title: 'Set the traffic of a version',
  description:
    'Sets the share of callers that a version gets. The shares of the other versions are scaled, so that all add up to exactly 100; if no other has any, blue gets the rest. An inactive version becomes green.',
  kind: 'write',
  idempotent: true,
  toolset: 'mcp-server',
  positional: ['name', 'version', 'percent'],
  input,
  output: changeOutput,
  examples: [{ title: 'A fifth of the callers', input: { name: 'demo', version: '2.0.0', percent: 20 } }],
  check: (raw) => parse(input, raw),
  touches: touchesNothing,
  run: (context, given) =>
    changeServer(context, given, (server, by) => setTraffic(server, given.version, given.percent, by)),
  text: changeText,
};
