import { afterAll, describe, expect, test } from '@jest/globals';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { register, rollback, setTraffic } from '../../../src/domain/servers/actions.ts';
import type { Upstream } from '../../../src/domain/servers/server.ts';
import { createServerRegistry } from '../../../src/adapters/server-registry/index.ts';
import type { ServerRegistryPort } from '../../../src/ports/server-registry.ts';
import { serverRegistryContract, until } from '../../ports/server-registry.contract.ts';
import { createFakeServers } from '../../support/fake-servers.ts';

const BY = { at: 1_000, who: 'cli:ada', why: 'a test' };
const UPSTREAM: Upstream = { transport: 'stdio', command: 'node', args: ['server.js'], env: {} };
const folders: string[] = [];

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-servers-'));
  folders.push(folder);
  return folder;
}

const open = (folder: string): ServerRegistryPort =>
  createServerRegistry({ folder, globalFile: join(folder, 'home.json') }, 30);

const deploy = (registry: ServerRegistryPort, version = '1.0.0', blue = true) =>
  registry.change('demo', undefined, (server) => register(server, { version, upstream: UPSTREAM, blue }, BY));

afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

describe('in files', () => serverRegistryContract(async () => open(newFolder())));
describe('in memory', () => serverRegistryContract(async () => createFakeServers()));

describe('the file of the clients', () => {
  const JSONC = `{
	// The servers of the team.
	"mcpServers": {
		"other": { "command": "other", }, /* stays */
	},
	"custom": [1,2,  3], // odd spacing
}
`;

  test('keeps its other keys, their order, comments and spacing; a backup has the former content', async () => {
    const folder = newFolder();
    const file = join(folder, '.mcp.json');
    writeFileSync(file, JSONC);
    await deploy(open(folder));
    const text = readFileSync(file, 'utf8');
    expect(text.startsWith(JSONC.slice(0, -2))).toBe(true);
    expect(text.slice(JSONC.length - 2)).toMatch(/^\t"mcpVersionHistory": \{\n\t\t"demo": \{\n/);
    expect(readFileSync(`${file}.bak`, 'utf8')).toBe(JSONC);
  });

  test('has the history in the documented form', async () => {
    const folder = newFolder();
    const registry = open(folder);
    await deploy(registry);
    await deploy(registry, '2.0.0', false);
    await registry.change('demo', 2, (server) => rollback(server, '2.0.0', { ...BY, why: 'Performance degradation' }));
    const { mcpServers, mcpVersionHistory } = JSON.parse(readFileSync(join(folder, '.mcp.json'), 'utf8')) as {
      mcpServers: unknown;
      mcpVersionHistory: unknown;
    };
    expect(mcpServers).toEqual({});
    expect(mcpVersionHistory).toEqual({
      demo: {
        versions: ['1.0.0', '2.0.0'],
        currentBlue: '1.0.0',
        lastRollback: {
          fromVersion: '2.0.0',
          toVersion: '1.0.0',
          timestamp: 1000,
          reason: 'Performance degradation',
        },
      },
    });
  });

  test('a bare .mcprc gets no key that a client would take for a server', async () => {
    const folder = newFolder();
    const file = join(folder, '.mcprc');
    writeFileSync(file, '{"other":{"command":"x"}}');
    await open(folder).change(
      'demo',
      undefined,
      (server) => register(server, { version: '1', upstream: UPSTREAM }, BY),
      'mcprc',
    );
    expect(readFileSync(file, 'utf8')).toBe('{"other":{"command":"x"}}');
    expect(await open(folder).read('demo')).toMatchObject({ scope: 'mcprc', revision: 1 });
  });

  test.each([
    ['{\n  "mcpServers": {\n    "a": oops\n  }\n}\n', 'line 3'],
    ['[]', 'line 1: an object is expected'],
    ['{"mcpServers":\n[]}', 'line 2: an object is expected'],
    ['{"mcpServers":{},\n"mcpServers":{}}', 'line 2: the key "mcpServers" is there twice'],
  ])('what cannot be understood is an error with its line, and nothing is written: %j', async (text, message) => {
    const folder = newFolder();
    const file = join(folder, '.mcp.json');
    writeFileSync(file, text);
    await expect(deploy(open(folder))).rejects.toMatchObject({
      code: 'SERVER_FILE_INVALID',
      message: expect.stringContaining(message),
    });
    expect(readFileSync(file, 'utf8')).toBe(text);
    expect(await open(folder).list()).toEqual([]);
  });

  test('bytes that are no text are not overwritten', async () => {
    const folder = newFolder();
    const bytes = Buffer.from([0x7b, 0xff, 0x7d]);
    writeFileSync(join(folder, '.mcp.json'), bytes);
    await expect(deploy(open(folder))).rejects.toMatchObject({ code: 'SERVER_FILE_INVALID' });
    expect(readFileSync(join(folder, '.mcp.json'))).toEqual(bytes);
  });

  test('keeps its access rights, its line ends, its mark and its link', async () => {
    const folder = newFolder();
    const real = join(folder, 'real.json');
    writeFileSync(real, '\ufeff{\r\n    "mcpServers": {}\r\n}\r\n');
    chmodSync(real, 0o640);
    symlinkSync(real, join(folder, '.mcp.json'));
    await deploy(open(folder));
    const text = readFileSync(real, 'utf8');
    expect(text.startsWith('\ufeff{\r\n    "mcpServers": {},\r\n    "mcpVersionHistory": {')).toBe(true);
    expect(text.replaceAll('\r\n', '')).not.toContain('\n');
    expect(statSync(real).mode & 0o777).toBe(0o640);
  });
});

describe('the file of the versions', () => {
  test.each([
    ['{', 'is not JSON'],
    ['{"schema":2,"servers":{}}', 'schema'],
    ['{"schema":1,"servers":{"demo":{"revision":1,"versions":[],"history":[],"more":1}}}', 'servers.demo'],
  ])('is refused when it is wrong, and never overwritten: %s', async (text, message) => {
    const folder = newFolder();
    const file = join(folder, '.mcp.versions.json');
    writeFileSync(file, text);
    await expect(open(folder).list()).rejects.toMatchObject({ code: 'SERVER_FILE_INVALID' });
    await expect(deploy(open(folder))).rejects.toThrow(message);
    expect(readFileSync(file, 'utf8')).toBe(text);
  });

  test('is for its owner only', async () => {
    const folder = newFolder();
    await deploy(open(folder));
    expect(statSync(join(folder, '.mcp.versions.json')).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});

test('a name has one scope; another one is refused', async () => {
  const registry = open(newFolder());
  await deploy(registry);
  const elsewhere = registry.change('demo', undefined, (server) => server, 'global');
  await expect(elsewhere).rejects.toMatchObject({ code: 'INVALID_INPUT', message: expect.stringContaining('project') });
});

describe('the scope global', () => {
  const openAt = (folder: string, globalFile: string): ServerRegistryPort =>
    createServerRegistry({ folder, globalFile }, 30);
  const register1 = (registry: ServerRegistryPort, scope?: 'global') =>
    registry.change(
      'demo',
      undefined,
      (server) => register(server, { version: '1', upstream: UPSTREAM, blue: true }, BY),
      scope,
    );

  test('is the file of the user, which every project sees, and which keeps what else is in it', async () => {
    const [one, other, home] = [newFolder(), newFolder(), newFolder()];
    const file = join(home, 'clients.json');
    writeFileSync(file, '{\n  // Mine.\n  "mcpServers": { "own": { "command": "own" } },\n  "theme": "dark"\n}\n');
    await register1(openAt(one, file), 'global');
    const text = readFileSync(file, 'utf8');
    expect(text).toContain('// Mine.');
    expect(text).toContain('"own": { "command": "own" }');
    expect(text).toContain('"theme": "dark"');
    expect(text).toContain('"currentBlue": "1"');
    expect(readdirSync(home)).toEqual(
      expect.arrayContaining(['clients.json', 'clients.json.bak', 'clients.versions.json']),
    );
    expect(statSync(join(home, 'clients.versions.json')).mode & 0o777).toBe(0o600);
    expect(readdirSync(one)).toEqual([]);
    expect(await openAt(other, file).read('demo')).toMatchObject({ scope: 'global', versions: [{ version: '1' }] });
    const moved = await openAt(other, file).change('demo', 1, (server) => setTraffic(server, '1', 100, BY));
    expect(moved.scope).toBe('global');
  });

  test('gives way to a server of the project with the same name, and only there', async () => {
    const [one, other, home] = [newFolder(), newFolder(), newFolder()];
    const file = join(home, 'clients.json');
    await register1(openAt(one, file));
    await register1(openAt(other, file), 'global');
    expect((await openAt(one, file).read('demo'))?.scope).toBe('project');
    expect((await openAt(other, file).read('demo'))?.scope).toBe('global');
    expect((await openAt(one, file).list()).map(({ name, scope }) => [name, scope])).toEqual([['demo', 'project']]);
  });
});

describe('several processes', () => {
  const WRITER = join(import.meta.dirname, '../../support/servers-writer.ts');

  test('write at once, also to two servers of one file, and lose nothing', async () => {
    const folder = newFolder();
    const registry = open(folder);
    await deploy(registry);
    const writers = ['a', 'b', 'c'].map((name) => fork(WRITER, [folder, name, '8'], { stdio: 'inherit' }));
    const codes = await Promise.all(writers.map(async (writer) => (await once(writer, 'exit'))[0] as number));
    expect(codes).toEqual([0, 0, 0]);
    const server = await registry.read('demo');
    expect(server?.versions).toHaveLength(25);
    expect(server?.revision).toBe(25);
    const others = (await registry.list()).filter(({ name }) => name !== 'demo');
    expect(others.map(({ versions }) => versions.length)).toEqual([8, 8, 8]);
  }, 60_000);

  test('one that is killed while it holds the lock stops nobody', async () => {
    const folder = newFolder();
    const holder = fork(WRITER, [folder, 'hold'], { stdio: 'inherit' });
    await once(holder, 'message');
    const waiting = deploy(open(folder));
    let done = false;
    void waiting.then(() => (done = true));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(done).toBe(false);
    holder.kill('SIGKILL');
    expect(await waiting).toMatchObject({ revision: 1 });
  }, 30_000);

  test('are seen by a watch', async () => {
    const folder = newFolder();
    const registry = open(folder);
    await deploy(registry);
    await deploy(registry, '2', false);
    const seen: string[] = [];
    const end = registry.watch(({ events }) => seen.push(...events.map(({ type }) => type)));
    await open(folder).change('demo', 2, (server) => setTraffic(server, '2', 10, BY));
    await until(() => seen.length > 0);
    end();
    expect(seen).toEqual(['server:traffic-changed', 'server:traffic-changed']);
  });
});
