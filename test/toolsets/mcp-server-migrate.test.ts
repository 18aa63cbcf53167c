import { afterAll, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServerRegistry } from '../../src/adapters/server-registry/index.ts';
import { createFakeGateway, fakeServices } from '../support/fake-gateway.ts';
import { createFakePrograms } from '../support/fake-programs.ts';
import { sluice } from '../support/cli.ts';

const WRAPPED = `{
  // The servers of the team.
  "mcpServers": {
    "pinned": { "command": "npx", "args": ["-y", "pkg@1.2.3"], "env": { "TOKEN": "hush", "B": "\${B}" } },
    "loose": { "command": "npx", "args": ["pkg@latest"] }
  },
  "other": true
}
`;
const BARE = '{\n  "own": { "type": "stdio", "command": "node", "args": ["server.js"], "timeout": 5 }\n}\n';

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function stage(wrapped = WRAPPED) {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-migrate-'));
  folders.push(folder);
  writeFileSync(join(folder, '.mcp.json'), wrapped);
  writeFileSync(join(folder, '.mcprc'), BARE);
  const servers = createServerRegistry({ folder, globalFile: join(folder, 'home.json') });
  const gateway = createFakeGateway();
  const call = (...words: string[]) =>
    sluice({ gateway, services: { ...fakeServices(gateway), servers } }, 'server', 'migrate', ...words);
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  return { folder, servers, call, read };
}

test('the difference is shown without secrets, and nothing changes before it is confirmed', async () => {
  const { call, read, servers } = stage();
  const shown = await call('--dry-run');
  expect(shown.code).toBe(0);
  expect(shown.out).toContain('pinned: 1.2.3 becomes blue');
  expect(shown.out).toContain('  - {"command":"npx","args":["-y","pkg@1.2.3"],"env":{"TOKEN":"***","B":"${B}"}}');
  expect(shown.out).toContain('  + {"command":"sluice","args":["gateway","--stdio","pinned"]}');
  expect(shown.out).toMatch(/loose stays as it is: .*pkg@latest/);
  const refused = await call();
  expect([refused.code, refused.err]).toEqual([4, expect.stringContaining('Change these files?')]);
  expect([read('.mcp.json'), read('.mcprc'), await servers.list()]).toEqual([WRAPPED, BARE, []]);
  expect(JSON.stringify([shown, refused])).not.toContain('hush');
});

test('entries become blue versions behind the gateway, and undo puts the same entries back', async () => {
  const { call, read, servers } = stage();
  const done = await call('--yes');
  expect([done.code, done.out]).toEqual([0, expect.stringContaining('changed:')]);
  const registered = await servers.list();
  expect(
    registered.map(({ name, scope, versions }) => [name, scope, versions[0]?.version, versions[0]?.status]),
  ).toEqual([
    ['own', 'mcprc', 'initial', 'blue'],
    ['pinned', 'project', '1.2.3', 'blue'],
  ]);
  expect(registered[1]?.versions[0]).toMatchObject({ env: { TOKEN: 'hush', B: '${B}' }, traffic: 100 });
  expect(read('.mcp.json')).toContain('// The servers of the team.');
  expect(read('.mcp.json')).toContain('"currentBlue": "1.2.3"');
  expect(JSON.parse(read('.mcprc'))).toEqual({
    own: { type: 'stdio', command: 'sluice', args: ['gateway', '--stdio', 'own'] },
  });
  expect((await call()).out).toContain('nothing changed');
  expect((await call('--undo', '--yes')).code).toBe(0);
  const { mcpVersionHistory: _, ...rest } = JSON.parse(read('.mcp.json').replace(/\/\/.*/, '')) as Record<
    string,
    unknown
  >;
  expect(rest).toEqual(JSON.parse(WRAPPED.replace(/\/\/.*/, '')));
  expect(read('.mcprc')).toBe(BARE);
  expect((await servers.list()).length).toBe(2);
  expect((await call('--only', 'own', '--yes')).code).toBe(0);
  expect((await servers.read('own'))?.revision).toBe(1);
});

test('entries with the address of a gateway are said to lack its credential, others are not', async () => {
  const { call } = stage();
  const lacks =
    'The new entries hold no credential. Unless the gateway at https://mcp.example has SLUICE_LOCAL_ACCESS=open';
  const address = ['--gateway-url', 'https://mcp.example'];
  expect((await call('--dry-run')).out).not.toContain('credential');
  expect((await call('--dry-run', ...address)).out).toContain(lacks);
  expect((await call('--yes', ...address)).out).toContain(lacks);
  expect((await call('--yes', ...address)).out).not.toContain('credential');
  expect((await call('--undo', '--yes', ...address)).out).not.toContain('credential');
});

test('entries can refer to the variable with the credential, and nothing but the reference is written', async () => {
  const { call, read } = stage();
  const address = ['--gateway-url', 'https://mcp.example', '--credential-variable', 'SLUICE_KEY'];
  const done = await call('--yes', ...address);
  expect(done.out).toContain('The new entries refer to the variable SLUICE_KEY');
  expect(JSON.parse(read('.mcprc'))).toEqual({
    own: {
      ...{ type: 'http', url: 'https://mcp.example/servers/own/mcp' },
      headers: { Authorization: 'Bearer ${SLUICE_KEY}' },
    },
  });
  const alone = await call('--dry-run', '--credential-variable', 'SLUICE_KEY');
  expect(alone).toMatchObject({ code: 2, err: expect.stringContaining('INVALID_INPUT') });
  const undoing = await call('--undo', '--yes', ...address);
  expect(undoing).toMatchObject({ code: 2, err: expect.stringContaining('INVALID_INPUT') });
  expect((await call('--dry-run', ...address.slice(0, 3), 'a b')).code).toBe(2);
});

test('undo gives each entry its comments and its spacing back', async () => {
  const entry = `"pinned": { "command": "npx", /* exact */ "args": [ "-y", "pkg@1.2.3" ] }`;
  const { call, read } = stage(`\ufeff{ "mcpServers": {\r\n  ${entry},\r\n } }\r\n`);
  expect((await call('--yes')).code).toBe(0);
  expect(read('.mcp.json')).not.toContain('exact');
  expect((await call('--undo', '--yes')).code).toBe(0);
  expect(read('.mcp.json')).toContain(entry);
});

test('entries of the user name the file of their registry, and those of a project the folder to start in', async () => {
  const { folder, servers } = stage();
  writeFileSync(join(folder, 'home.json'), BARE.replace('own', 'mine'));
  const gateway = createFakeGateway();
  const programs = createFakePrograms('sluice');
  const call = (...words: string[]) =>
    sluice({ gateway, services: { ...fakeServices(gateway), servers, programs } }, 'server', 'migrate', ...words);
  const shown = await call('--dry-run', '--scope', 'global');
  expect(shown.out).toContain(`"env":{"SLUICE_MCP_GLOBAL_FILE":"${join(folder, 'home.json')}"}`);
  expect(shown.out).toContain('There is no program sluice on PATH, and the new entries start it by this name.');
  expect(shown.out).not.toContain('SLUICE_MCP_PROJECT');
  expect((await call('--dry-run')).out).toContain(`Start the clients of the project in ${folder}`);
  expect((await call('--dry-run', '--undo')).out).not.toContain('Start the clients');
});

test('an entry whose command is no program of this machine stays, unless it is said to be elsewhere', async () => {
  const { folder, call } = stage();
  writeFileSync(join(folder, '.mcprc'), BARE.replace('node', 'no-such-program'));
  const why = 'own stays as it is: there is no program no-such-program on PATH; if';
  expect((await call('--dry-run', '--only', 'own')).out).toContain(why);
  expect((await call('--dry-run', '--only', 'own', '--elsewhere')).out).toContain('own: initial becomes blue');
});

test('a file that changed since it was shown is not touched', async () => {
  const { servers, folder, read } = stage();
  const [file] = await servers.clientFiles();
  writeFileSync(join(folder, '.mcp.json'), '{"mcpServers":{}}');
  if (!file) throw new Error('There is no file.');
  const late = servers.editClientFile(file, [{ name: 'pinned', entry: {}, original: {} }]);
  await expect(late).rejects.toMatchObject({ code: 'SERVER_CHANGED' });
  expect(read('.mcp.json')).toBe('{"mcpServers":{}}');
});

test('a file that cannot be understood, and a name that no file has, are errors', async () => {
  const broken = stage('{ "mcpServers": {');
  const { code, err } = await broken.call('--yes');
  expect([code, err]).toEqual([7, expect.stringContaining('.mcp.json, line 1')]);
  expect(await broken.servers.list()).toEqual([]);
  expect((await stage().call('--only', 'nobody')).err).toContain('No file of an MCP client has nobody');
});
