import { z } from 'zod';
import { parse } from '../../contract/parse.ts';
import { serverName, versionLabel } from '../../contract/server-input.ts';
import { historySnapshot, toHistorySnapshot, type HistorySnapshot } from '../../contract/server-snapshot.ts';
import { SluiceError } from '../../domain/errors.ts';
import { touchesNothing, type Command } from '../../commands/command.ts';
import { foundServer } from './found-server.ts';

const DEFAULT_LIMIT = 50;

const input = z.strictObject({
  name: serverName,
  version: versionLabel.optional().describe('Only changes that concern this version.'),
  limit: z.int().min(1).max(1000).optional().describe(`Most recent changes to return; default ${DEFAULT_LIMIT}.`),
});
const output = z.strictObject({
  name: z.string(),
  total: z.number().describe('Changes that match, returned or not.'),
  history: z.array(historySnapshot).describe('Newest first.'),
});

export const mcpServerHistory: Command<typeof input, typeof output> = {
  name: 'mcp_server_history',
  title: 'Changes of an MCP server',
  description: 'Who changed the versions of an MCP server, why, when, and what each change did. Newest first.',
  kind: 'read',
  idempotent: true,
  toolset: 'mcp-server',
  positional: ['name', 'version'],
  input,
  output,
  examples: [{ title: 'What happened to 1.0.0', input: { name: 'demo', version: '1.0.0' } }],
  check: (raw) => parse(input, raw),
  touches: touchesNothing,
  async run(context, { name, version, limit = DEFAULT_LIMIT }) {
    const { history } = await foundServer(context, name);
    const matching = history.filter(
      ({ changes }) => version === undefined || changes.some((one) => one.version === version),
    );
    if (matching.length === 0 && version !== undefined)
      throw new SluiceError('SERVER_VERSION_NOT_FOUND', `${name} never had a version ${version}.`);
    return { name, total: matching.length, history: matching.toReversed().slice(0, limit).map(toHistorySnapshot) };
  },
  text: ({ name, total, history }) =>
    [`${name}: ${history.length} of ${total} changes, newest first`, ...history.flatMap(entryLines)].join('\n'),
};

function entryLines({ at, who, why, action, version, changes }: HistorySnapshot): readonly string[] {
  const effects = changes.map((one) => {
    const parts = [one.status, one.traffic && `${one.traffic} %`, one.health].filter((part) => part !== undefined);
    return `    ${one.version}: ${parts.join(', ')}`;
  });
  return [`  ${at} ${who} ${action} ${version}${why === undefined ? '' : `: ${why}`}`, ...effects];
}
