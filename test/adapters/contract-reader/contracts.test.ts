import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createContracts } from '../../../src/adapters/contract-reader/index.ts';
import { compareContracts } from '../../../src/domain/servers/contract/compare.ts';
import type { Upstream } from '../../../src/domain/servers/server.ts';
import { createFakeGateway } from '../../support/fake-gateway.ts';
import { startHttpServer } from '../../support/http-server.ts';
import { startTestServer } from '../../support/mcp-server.ts';
import { EVERYTHING, installEverything } from '../../support/published-servers.ts';
import type { HttpServer } from '../../../src/http/server.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-contracts-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const contracts = createContracts(folder, { env: { KEY: 'value' }, timeout: 8_000 });
const of = (version: string) => ({ server: 'demo', version });
/** Messages that answer nothing, as fast as they are read. */
const FLOOD = `const line = '{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":1}}\\n';
  const more = () => process.stdout.write(line.repeat(20), () => setImmediate(more)); more();`;
const script = (code: string): Upstream => ({
  transport: 'stdio',
  command: process.execPath,
  args: ['-e', code],
  env: {},
});
const shell = (command: string): Upstream => ({ transport: 'stdio', command: 'sh', args: ['-c', command], env: {} });
/** A process that has ended, and that nobody has asked about, does not run. */
const runs = (pid: number): boolean =>
  /^[^Z]/.test(spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).stdout);

describe('a server of both eras', () => {
  let server: HttpServer;
  beforeAll(async () => void (server = await startTestServer(createFakeGateway(), true)));
  afterAll(() => server.close());

  test('is read over HTTP with all that it offers, and its lock is kept', async () => {
    const upstream: Upstream = { transport: 'streamable-http', url: server.mcpUrl, headers: { 'X-Key': '${KEY}' } };
    const lock = await contracts.read(of('1.0.0'), upstream);
    expect(lock.eras).toEqual(['2025', '2026']);
    expect(lock.items.some(({ kind, name }) => kind === 'tool' && name === 'release_start')).toBe(true);
    expect(lock.items.some(({ kind }) => kind === 'prompt')).toBe(true);
    expect(lock.items.some(({ kind }) => kind === 'template')).toBe(true);
    expect(lock.instructions).toContain('Sluice');
    const file = await contracts.save(lock);
    expect(await contracts.find(of('1.0.0'))).toEqual(lock);
    expect(await contracts.find(of('2.0.0'))).toBeUndefined();
    writeFileSync(file, readFileSync(file, 'utf8').replace('"Start a release"', '"Start all"'));
    await expect(contracts.find(of('1.0.0'))).rejects.toMatchObject({
      code: 'SERVER_FILE_INVALID',
      message: expect.stringContaining('tool release_start does not have its hash'),
    });
  }, 60_000);
});

describe('a bad server is an error with its reason', () => {
  test.each<[string, Upstream, string]>([
    ['a command that does not exist', { transport: 'stdio', command: '/no/such', args: [], env: {} }, 'ENOENT'],
    ['one that ends at once', script('process.exit(3)'), 'answers in no protocol era'],
    [
      'one that says why it ends',
      script('console.error("npm error 404 demo@2.0.0 is not in the registry"); process.exit(1)'),
      'The program wrote: npm error 404 demo@2.0.0 is not in the registry',
    ],
    [
      'one that writes much',
      script('process.stderr.write("first" + "x".repeat(500000) + "last", () => process.exit(1))'),
      'last',
    ],
    ['one that talks nonsense', script('setInterval(() => console.log("nonsense"), 50)'), 'answers in no protocol era'],
    ['one that sends 50 MB', script('process.stdout.write("x".repeat(50_000_000))'), 'answers in no protocol era'],
    ['one that never answers', script('process.stdin.resume()'), 'answers in no protocol era'],
    [
      'one without an address',
      { transport: 'streamable-http', url: 'http://127.0.0.1:9/mcp', headers: {} },
      'no protocol',
    ],
  ])('%s', async (_, upstream, why) => {
    const quick = createContracts(folder, { env: {}, timeout: 1_000 });
    await expect(quick.read(of('1'), upstream)).rejects.toMatchObject({
      code: 'SERVER_UNREACHABLE',
      message: expect.stringContaining(why),
    });
  });

  test('one that floods with messages and never answers', async () => {
    const quick = createContracts(folder, { env: {}, timeout: 200 });
    await expect(quick.read(of('1'), script(FLOOD))).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' });
  }, 30_000);

  test('one that writes nonsense as fast as it can is given up at once', async () => {
    const from = Date.now();
    await expect(contracts.read(of('1'), shell('yes hello'))).rejects.toMatchObject({
      code: 'SERVER_UNREACHABLE',
      message: expect.stringContaining('The program writes what is no message, as in "hello'),
    });
    expect(Date.now() - from).toBeLessThan(6_000);
  }, 30_000);

  test('one that is mute is known after seven times the limit, and leaves no process', async () => {
    const quick = createContracts(folder, { env: {}, timeout: 300 });
    const pids = join(folder, 'pids');
    const from = Date.now();
    await expect(quick.read(of('1'), shell(`sleep 1000 & echo $! $$ >> ${pids}; wait`))).rejects.toMatchObject({
      code: 'SERVER_UNREACHABLE',
      message: expect.stringContaining('It has written no message for 0.3 s'),
    });
    expect(Date.now() - from).toBeLessThan(7 * 300 + 2 * 2_000 + 2_000);
    const started = readFileSync(pids, 'utf8').trim().split(/\s+/).map(Number);
    expect(started).toHaveLength(4);
    expect(started.filter(runs)).toEqual([]);
  }, 30_000);

  test('one over HTTP that sends 50 MB, of which 16 are read', async () => {
    const body = `{"jsonrpc":"2.0","id":0,"result":{"text":"${'x'.repeat(50_000_000)}"}}`;
    const large = await startHttpServer(() => ({ headers: { 'content-type': 'application/json' }, body }));
    const upstream: Upstream = { transport: 'streamable-http', url: `${large.url}/mcp`, headers: {} };
    await expect(contracts.read(of('1'), upstream)).rejects.toMatchObject({
      code: 'SERVER_UNREACHABLE',
      message: expect.stringContaining('an answer has more than 16777216 bytes'),
    });
    await large.close();
  }, 30_000);

  test('a reference to a variable that is not set', async () => {
    const upstream: Upstream = { transport: 'stdio', command: 'node', args: [], env: { A: '${MISSING}' } };
    await expect(contracts.read(of('1'), upstream)).rejects.toMatchObject({ next: expect.stringContaining('MISSING') });
  });
});

describe('published servers', () => {
  let versions: Awaited<ReturnType<typeof installEverything>>;
  beforeAll(async () => void (versions = await installEverything()), 240_000);

  test('two versions are read, and what differs between them is said', async () => {
    const read = (version: (typeof EVERYTHING)[number]) =>
      contracts.read(of(version), versions[version] as unknown as Upstream);
    const [older, newer] = EVERYTHING;
    const [first, again, second] = [await read(older), await read(older), await read(newer)];
    expect(first.hash).toBe(again.hash);
    expect(first.items.filter(({ kind }) => kind === 'tool').length).toBeGreaterThan(5);
    expect(second.hash).not.toBe(first.hash);
    expect(compareContracts(first, second)).toContainEqual({
      class: 'security',
      kind: 'tool',
      name: 'echo',
      what: 'readOnlyHint false became true, openWorldHint true became false',
    });
  }, 60_000);
});
