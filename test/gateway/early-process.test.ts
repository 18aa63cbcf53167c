import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ROOT } from '../../scripts/root.mjs';
import { createServerRegistry } from '../../src/adapters/server-registry/index.ts';
import { register } from '../../src/domain/servers/actions.ts';
import type { RegisteredServer, ServerVersion, Upstream } from '../../src/domain/servers/server.ts';
import { startEarly } from '../../src/gateway/early-process.ts';
import { programOf, type Program } from '../../src/gateway/program.ts';

let folder: string;
let gateway: ChildProcess | undefined;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'early-process-'))));
afterEach(() => {
  gateway?.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

/** A server that writes down the id of each of its processes, and answers every request with it. */
const SERVER = `
  require('node:fs').appendFileSync(process.argv[1], process.pid + '\\n');
  require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
    const { id } = JSON.parse(line);
    const result = { protocolVersion: '2025-06-18', capabilities: {}, serverInfo: { name: 'pid', version: String(process.pid) } };
    if (id !== undefined) console.log(JSON.stringify({ jsonrpc: '2.0', id, result }));
  });`;

type Stdio = Extract<Upstream, { readonly transport: 'stdio' }>;
const upstream = (more: Partial<Stdio> = {}): Stdio => ({
  transport: 'stdio',
  command: process.execPath,
  args: ['-e', SERVER, join(folder, 'started')],
  env: {},
  ...more,
});
const version = (name: string, more: Partial<Stdio> = {}): ServerVersion => ({
  version: name,
  status: 'blue',
  traffic: 100,
  registeredAt: 1,
  ...upstream(more),
});
const early = (...versions: readonly ServerVersion[]) =>
  startEarly({ read: async () => ({ name: 'it', versions }) as unknown as RegisteredServer }, 'it', process.env);
const program = (more: Partial<Stdio> = {}): Program => programOf(upstream(more), process.env);

/** The ids of the processes that have begun. */
const begun = (): readonly number[] =>
  existsSync(join(folder, 'started'))
    ? readFileSync(join(folder, 'started'), 'utf8').trim().split('\n').map(Number)
    : [];
const until = async (done: () => boolean): Promise<void> => {
  while (!done()) await new Promise((resolve) => setTimeout(resolve, 20));
};
function runs(pid: number | undefined): boolean {
  try {
    return process.kill(pid ?? 0, 0);
  } catch {
    return false;
  }
}

test('the process is for the first that wants this program, and for nobody else', async () => {
  const process_ = await early(version('one'));
  expect(process_?.take(program({ env: { OTHER: '1' } }))).toBeUndefined();
  const child = process_?.take(program());
  expect(runs(child?.pid)).toBe(true);
  expect(process_?.take(program())).toBeUndefined();
  // It belongs to the one that has taken it.
  await process_?.close();
  expect(runs(child?.pid)).toBe(true);
  child?.stdin?.end();
  if (child) await once(child, 'close');
});

test('a process that has ended, or could not be started, is not given to anybody', async () => {
  const args = ['-e', `require('node:fs').writeFileSync(process.argv[1], process.pid + '')`, join(folder, 'started')];
  const ended = await early(version('one', { args }));
  const never = await early(version('one', { command: join(folder, 'nothing') }));
  await until(() => begun().length === 1 && !runs(begun()[0]));
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(ended?.take(program({ args }))).toBeUndefined();
  expect(never?.take(program({ command: join(folder, 'nothing') }))).toBeUndefined();
}, 20_000);

test('a process that nobody has taken is stopped', async () => {
  const process_ = await early(version('one'));
  await until(() => begun().length === 1);
  await process_?.close();
  expect(runs(begun()[0])).toBe(false);
});

test.each([
  ['callers are divided', () => [version('one'), { ...version('two'), status: 'green', traffic: 5 }]],
  ['no version has traffic', () => [{ ...version('one'), traffic: 0 }]],
  ['a variable is missing', () => [version('one', { env: { TOKEN: '${NO_SUCH_VARIABLE}' } })]],
  [
    'it is reached over HTTP',
    () => [{ ...version('one'), transport: 'streamable-http', url: 'http://a', headers: {} }],
  ],
  ['there is no version', () => []],
])('no process is started when %s', async (_, versions) => {
  expect(await early(...(versions() as ServerVersion[]))).toBeUndefined();
});

test('`sluice gateway --stdio` starts the process before the first message, and only once', async () => {
  const registry = createServerRegistry({ folder, globalFile: join(folder, 'home.json') });
  const by = { at: 1, who: 'tester' };
  await registry.change('it', undefined, (server) =>
    register(server, { version: '1', upstream: upstream(), blue: true }, by),
  );
  const env = { PATH: process.env['PATH'] ?? '', SLUICE_MCP_GLOBAL_FILE: join(folder, 'home.json') };
  const argv = [join(ROOT, 'bin', 'sluice.mjs'), 'gateway', '--stdio', 'it'];
  gateway = spawn(process.execPath, argv, { cwd: folder, env, stdio: ['pipe', 'pipe', 'inherit'] });
  const answers = createInterface({ input: gateway.stdout ?? process.stdin });

  await until(() => begun().length > 0);
  const params = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'a', version: '1' } };
  gateway.stdin?.write(`${JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'initialize', params })}\n`);
  const [answer] = (await once(answers, 'line')) as [string];

  expect(begun()).toHaveLength(1);
  expect(JSON.parse(answer)).toMatchObject({ result: { serverInfo: { version: String(begun()[0]) } } });
  gateway.stdin?.end();
  await once(gateway, 'exit');
  expect([begun().length, runs(begun()[0])]).toEqual([1, false]);
}, 60_000);
