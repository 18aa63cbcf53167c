import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ROOT } from '../../scripts/root.mjs';
import { createServerRegistry } from '../../src/adapters/server-registry/index.ts';
import { register } from '../../src/domain/servers/actions.ts';
import type { Upstream } from '../../src/domain/servers/server.ts';
import { program } from '../support/gateway-stage.ts';

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'gateway-start-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Writes the address of each module that a process loads into the file LOADED. */
const HOOK = `
  import { appendFileSync } from 'node:fs';
  import { registerHooks } from 'node:module';
  registerHooks({
    load: (url, context, next) => (appendFileSync(process.env.LOADED, url + '\\n'), next(url, context)),
  });`;

/** The files of this repository, and packages as node_modules/<name>, that a command line loads from the sources. */
function loadedBy(...words: readonly string[]): { readonly modules: readonly string[]; readonly err: string } {
  const file = join(folder, 'loaded');
  const hook = `data:text/javascript,${encodeURIComponent(HOOK)}`;
  const env = { PATH: process.env['PATH'] ?? '', LOADED: file, SLUICE_MCP_GLOBAL_FILE: join(folder, 'home.json') };
  const cli = `await (await import(${JSON.stringify(join(ROOT, 'src', 'entry', 'cli.ts'))})).main(process.argv.slice(1))`;
  const argv = ['--import', hook, '--input-type=module', '--eval', cli, '--', ...words];
  const { stderr } = spawnSync(process.execPath, argv, { cwd: folder, env, input: '', encoding: 'utf8' });
  const own = new RegExp(`^file://${ROOT}/(?:(node_modules/(?:@[^/]+/)?[^/]+)|(.+))`);
  const modules = readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((url) => {
      const [, pack, path] = own.exec(url) ?? [];
      return pack ?? path ?? [];
    });
  return { modules, err: stderr };
}

test('a gateway that a client starts loads none of the tools, servers and packages that it does not need', async () => {
  const registry = createServerRegistry({ folder, globalFile: join(folder, 'home.json') });
  const upstream = program('one', '2025') as unknown as Upstream;
  await registry.change('shop', undefined, (server) =>
    register(server, { version: 'one', upstream, blue: true }, { at: 1, who: 'tester' }),
  );

  const { modules, err } = loadedBy('gateway', '--stdio', 'shop');

  expect(err).toBe('');
  expect(modules).toContain('src/gateway/stdio-front.ts');
  const needless = /^(src\/(toolsets\/(?!.*settings)|commands|delivery|temporal|http|mcp)\/|.*\/verbs\.ts)/;
  expect(modules.filter((path) => needless.test(path))).toEqual([]);
  const packages = new Set(modules.filter((path) => path.startsWith('node_modules/')));
  expect([...packages].filter((name) => /fastify|jose|yaml|semver|temporalio|kubernetes/.test(name))).toEqual([]);
});

test('every other command line knows the gateway too, and a wrong one is explained as for any command', () => {
  expect(loadedBy('gateway', '--stdoi', 'shop').err).toContain('--stdio');
  expect(loadedBy('gateway', '--stdio', 'shop').err).toContain('SERVER_NOT_FOUND');
});
