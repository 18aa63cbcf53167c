import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from '@jest/globals';
import { aServer, program, startGateway } from '../support/gateway-stage.ts';
import { connect, ERAS, type Era } from '../support/mcp-clients.ts';

const PROGRAM = fileURLToPath(new URL('../support/gateway-stdio.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'gateway-lists-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const YEAR = { '2026 client': '2026', '2025 client': '2025' } as const;

let revision = 0;
/** A gateway over stdio for the versions, which `keep` reduces. */
function stdioGateway(name: string, year: string) {
  const file = join(folder, `${name}.json`);
  const versions = aServer('it', { one: program('one', year), two: program('two', year, 'only') });
  const keep = (...kept: readonly string[]): void => {
    const left = versions.versions.filter(({ version }) => kept.includes(version));
    const shares = left.map((one, index) => ({ ...one, traffic: index === 0 ? 100 : 0 }));
    writeFileSync(`${file}.new`, JSON.stringify({ ...versions, versions: shares, revision: (revision += 1) }));
    renameSync(`${file}.new`, file);
  };
  keep('one', 'two');
  return { where: { command: process.execPath, args: [PROGRAM, file] }, keep };
}

/** The lists that a client has read because it was told to. */
function follower() {
  const { promise, resolve } = Promise.withResolvers<readonly string[]>();
  const lists: (readonly string[])[] = [];
  const onTools = (names: readonly string[]): void => {
    lists.push(names);
    resolve(names);
  };
  return { first: promise, lists, onTools };
}

test.each(ERAS.flatMap((era) => ['http', 'stdio'].map((via): [Era, string] => [era, via])))(
  'a %s over %s is told when the list of its version changes',
  async (era, via) => {
    const stage = await startGateway([aServer('it', { one: program('one', YEAR[era]) })]);
    const { first, onTools } = follower();
    const where = via === 'http' ? { url: stage.url('it') } : stdioGateway(era, YEAR[era]).where;
    const client = await connect(era, where, { onTools });
    await client.callTool('grow', {});
    expect(await first).toContain('grown');
    await client.close();
    await stage.close();
  },
  30_000,
);

test('a 2025 client over stdio that goes on with another version is told to read its lists anew', async () => {
  const { where, keep } = stdioGateway('moved', '2025');
  const { first, lists, onTools } = follower();
  const client = await connect('2025 client', where, { onTools });
  expect((await client.callTool('version', {})).content[0]?.text).toBe('one 1');
  expect(lists).toEqual([]);
  keep('two');
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect((await client.callTool('version', {})).content[0]?.text).toBe('two 1');
  expect(await first).toContain('only');
  await client.close();
}, 30_000);
