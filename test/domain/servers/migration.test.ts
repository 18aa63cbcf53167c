import { expect, test } from '@jest/globals';
import { planMigration, planUndo, type GatewayAddress } from '../../../src/domain/servers/migration.ts';

const PROJECT = { scope: 'project', file: '/work/.mcp.json' } as const;
const plan = (entries: Record<string, unknown>, registered: string[] = [], gateway?: GatewayAddress) =>
  planMigration({ ...PROJECT, entries, originals: {} }, registered, gateway);

test('an entry with an exact version is taken in under that version, another one under a name of its own', () => {
  const { moves } = plan({
    everything: { command: 'npx', args: ['-y', '@scope/server@2026.8.31'], env: { KEY: '${KEY}' } },
    own: { type: 'stdio', command: 'node', args: ['server.js'] },
    remote: { type: 'http', url: 'https://host/mcp', headers: { A: 'b' } },
  });
  expect(moves.map(({ takenIn }) => takenIn)).toEqual([
    {
      version: '2026.8.31',
      upstream: {
        transport: 'stdio',
        command: 'npx',
        args: ['-y', '@scope/server@2026.8.31'],
        env: { KEY: '${KEY}' },
      },
    },
    { version: 'initial', upstream: { transport: 'stdio', command: 'node', args: ['server.js'], env: {} } },
    { version: 'initial', upstream: { transport: 'streamable-http', url: 'https://host/mcp', headers: { A: 'b' } } },
  ]);
  expect(moves.map(({ to }) => to)).toEqual([
    { command: 'sluice', args: ['gateway', '--stdio', 'everything'] },
    { type: 'stdio', command: 'sluice', args: ['gateway', '--stdio', 'own'] },
    { type: 'stdio', command: 'sluice', args: ['gateway', '--stdio', 'remote'] },
  ]);
});

test('the entry can lead to a running gateway', () => {
  const entry = { type: 'http', url: 'http://localhost:8766/servers/own/mcp' };
  const to = (gateway: GatewayAddress) => plan({ own: { command: 'node' } }, [], gateway).moves[0]?.to;
  expect(to({ url: 'http://localhost:8766/' })).toEqual(entry);
  expect(to({ url: 'http://localhost:8766/', variable: 'KEY' })).toEqual({
    ...entry,
    headers: { Authorization: 'Bearer ${KEY}' },
  });
});

test.each([
  ['a range', { command: 'npx', args: ['-y', 'pkg@^1'] }, 'Write an exact version'],
  ['a folder to start in', { command: 'node', cwd: '/x' }, 'cannot keep its field cwd'],
  ['no way to reach it', { disabled: true }, 'neither command nor url'],
  ['an address of an unknown kind', { url: 'http://x' }, 'not sse or http'],
  ['an unknown address', { type: 'sse', url: '${URL}' }, 'not an http address'],
  ['another type', { type: 'sse', command: 'node' }, 'its type is sse'],
  ['odd arguments', { command: 'node', args: 'a b' }, 'args are not'],
  ['an odd environment', { command: 'node', env: { A: 1 } }, 'env is not'],
  ['text', 'node', 'not an object'],
])('an entry with %s stays as it is, and the reason is said', (_, entry, reason) => {
  expect(plan({ demo: entry })).toEqual({
    moves: [],
    skipped: [{ name: 'demo', reason: expect.stringContaining(reason) }],
  });
});

test('a registered server keeps its versions, what was replaced is not replaced again, and can come back', () => {
  const entry = { command: 'node', args: ['a.js'] };
  const [move] = plan({ demo: entry }, ['demo']).moves;
  expect(move).not.toHaveProperty('takenIn');
  const after = { entries: { demo: move?.to }, originals: { demo: entry } };
  expect(planMigration({ ...PROJECT, ...after }, ['demo'])).toEqual({ moves: [], skipped: [] });
  expect(planUndo(after).moves).toEqual([{ name: 'demo', from: move?.to, to: entry }]);
});
