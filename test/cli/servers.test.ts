import { afterAll, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fakeServices, createFakeGateway } from '../support/fake-gateway.ts';
import { createFakeServers } from '../support/fake-servers.ts';
import { connect } from '../support/mcp-clients.ts';
import { memoryAudit } from '../support/mcp-server.ts';
import { sluice, type CliWorld } from '../support/cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-programs-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function world(more: Partial<CliWorld> = {}): CliWorld {
  const gateway = createFakeGateway();
  return { gateway, services: { ...fakeServices(gateway), servers: createFakeServers() }, ...more };
}

const words = (line: string): string[] => line.split(' ');
const DEPLOY = 'server deploy demo 1.0.0 --type stdio --command node --args server.js --blue';

test('the arguments and options of the documented programs', async () => {
  const one = world();
  const first = await sluice(one, ...words(DEPLOY));
  expect(first.code).toBe(0);
  expect(first.out).toContain('at /servers/demo/mcp of `sluice gateway`');
  const second =
    'mcp-server deploy demo 2.0.0 --type stdio --command npx --args -y pkg@2.0.0 --port 80 --env A=1 B=007';
  expect((await sluice(one, ...words(second), '--traffic', '20', '--json')).code).toBe(0);
  const { out } = await sluice(one, 'server', 'status', 'demo', '--json');
  expect(JSON.parse(out)).toMatchObject({
    servers: [
      {
        name: 'demo',
        blue: '1.0.0',
        versions: [
          { version: '1.0.0', status: 'blue', traffic: 80 },
          {
            version: '2.0.0',
            traffic: 20,
            args: ['-y', 'pkg@2.0.0', '--port', '80'],
            env: { A: '***', B: '***' },
          },
        ],
      },
    ],
  });
  expect(await one.services?.servers.read('demo')).toMatchObject({ versions: [{}, { env: { A: '1', B: '007' } }] });
  expect((await sluice(one, ...words('server traffic demo 2.0.0 50'))).out).toContain('2.0.0  green      50 %');
  expect((await sluice(one, ...words('server promote demo 2.0.0'))).out).toContain('2.0.0  blue      100 %');
  const back = await sluice(one, ...words('server rollback demo 2.0.0 --reason'), 'High error rate');
  expect(back.out).toMatch(/last rollback .* 2\.0\.0 to 1\.0\.0: High error rate/);
  expect((await sluice(one, ...words('server history demo 2.0.0'))).out).toMatch(
    /cli:ada rollback 2\.0\.0: High error rate\n {4}1\.0\.0: inactive -> blue, 0 -> 100 %/,
  );
});

test.each([
  ['server traffic demo 1.0.0 101', 'from 0 to 100'],
  ['server traffic demo 1.0.0 -1', 'from 0 to 100'],
  ['server traffic demo 1.0.0 many', 'percent'],
  ['server promote demo 9', 'has no version 9'],
  [
    'server promote other 1',
    'with `sluice server deploy other 1`, which also needs a type, and a command or an address',
  ],
  ['server promote dmo 1.0.0', 'There is no MCP server dmo; did you mean demo?'],
  ['server status dmo', 'did you mean demo?'],
  [DEPLOY, 'already has a version 1.0.0'],
  ['server deploy demo 2 --type stdio', 'command: is missing'],
  ['server deploy demo 2 --type sse --url http://x/sse --command node', 'command: has no meaning for sse'],
  ['server deploy demo latest --type stdio --command node', 'not a moving one'],
  ['server deploy demo 2 --type stdio --command npx --args -y pkg@^1', 'could not be resolved to one version'],
  ['server deploy demo 2 --type stdio --command node --args a.js --trafic 5', 'Did you mean --traffic'],
  ['server deploy demo 2 --type stdio --command node --env A', 'must look like NAME=value'],
  ['server remove-version demo 1.0.0', 'was not confirmed'],
  ['server rollback demo 1.0.0', 'call `sluice server deploy demo`. Then call `sluice server promote demo` and'],
])('%s is refused with the reason', async (line, why) => {
  const one = world();
  await sluice(one, ...words(DEPLOY));
  const { code, err } = await sluice(one, ...words(line));
  expect([code > 0, err]).toEqual([true, expect.stringContaining(why)]);
  expect(await one.services?.servers.read('demo')).toMatchObject({ revision: 1 });
});

test('no door shows a secret: not the answer, not the history, not the audit log', async () => {
  const audit = memoryAudit();
  const one = world({ audit });
  const line = 'server deploy demo 1 --type stdio --command node --args --api-key hush1 --env PAT=hush2 REF=${PAT}';
  const results = [
    await sluice(one, ...words(line), '--json'),
    await sluice(one, 'server', 'status', '--json'),
    await sluice(one, 'server', 'status'),
    await sluice(one, ...words('server history demo 1 --json')),
  ];
  expect(results.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
  expect(JSON.stringify([results, audit.entries, audit.begun])).not.toContain('hush');
  expect(results[1]?.out).toContain('${PAT}');
});

const run = (program: string, args: readonly string[], cwd: string) =>
  spawnSync(program, args, {
    cwd,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: join(cwd, 'home'), SLUICE_HOME: join(folder, 'state') },
  });

test('the programs work in any folder, without a cluster or Temporal, and write the project file there', () => {
  const root = new URL('../../', import.meta.url).pathname;
  const { bin } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { bin: Record<string, string> };
  const program = (name: string): string => {
    const link = join(folder, name);
    if (!existsSync(link)) symlinkSync(join(root, bin[name] ?? ''), link);
    return link;
  };
  const status = run(program('mcp-status'), ['--json'], folder);
  expect([status.status, JSON.parse(status.stdout)]).toEqual([0, { servers: [] }]);
  const args = words('my-server 1.0.0 --type stdio --command node --args server.js --traffic 0');
  expect(run(program('mcp-deploy'), args, folder)).toMatchObject({ status: 0, stderr: '' });
  expect(run(program('mcp-promote'), ['my-server', '1.0.0'], folder).stdout).toContain('1.0.0  blue      100 %');
  expect(JSON.parse(readFileSync(join(folder, '.mcp.json'), 'utf8'))).toMatchObject({
    mcpVersionHistory: { 'my-server': { versions: ['1.0.0'], currentBlue: '1.0.0' } },
  });
  const wrong = run(program('mcp-traffic'), ['my-server', '1.0.0', '101'], folder);
  expect([wrong.status, wrong.stderr]).toEqual([2, expect.stringContaining('from 0 to 100')]);
  writeFileSync(join(folder, '.mcp.json'), '{ "mcpServers": ');
  const broken = run(program('mcp-traffic'), ['my-server', '1.0.0', '100'], folder);
  expect(broken.status).toBe(0);
  const refused = run(program('mcp-deploy'), words('my-server 2 --type stdio --command node'), folder);
  expect([refused.status, refused.stderr]).toEqual([7, expect.stringContaining('.mcp.json, line 1')]);
}, 60_000);

test('a migrated entry leads a client through the gateway to the server that it named before', async () => {
  const project = mkdtempSync(join(folder, 'migrated-'));
  const root = new URL('../../', import.meta.url).pathname;
  const program = join(root, 'test/support/mcp-stdio-server.ts');
  const entry = { command: process.execPath, args: [program] };
  writeFileSync(join(project, '.mcp.json'), JSON.stringify({ mcpServers: { demo: entry } }));
  const bin = join(root, 'bin/sluice.mjs');
  expect(run(process.execPath, [bin, 'server', 'migrate', '--yes'], project)).toMatchObject({ status: 0 });
  const { mcpServers } = JSON.parse(readFileSync(join(project, '.mcp.json'), 'utf8')) as {
    mcpServers: { demo: { command: string; args: string[] } };
  };
  expect(mcpServers.demo.command).toBe('sluice');
  const places = [`SLUICE_MCP_PROJECT=${project}`, `SLUICE_HOME=${join(project, 'state')}`];
  const args = [bin, ...places.flatMap((one) => ['--set', one]), ...mcpServers.demo.args];
  const client = await connect('2026 client', { command: process.execPath, args });
  const names = (await client.listTools()).tools.map(({ name }) => name);
  await client.close();
  expect(names).toContain('release_list');
}, 60_000);

test('the next step of a first version, and of a rollback without a way back, is a command that can be typed', async () => {
  const one = world();
  const green = await sluice(one, ...words(DEPLOY.replace(' --blue', '')));
  expect(green.out).toContain('No version of demo has traffic yet.');
  expect(green.out).toContain('`sluice server promote demo 1.0.0`');
  await sluice(one, ...words('server promote demo 1.0.0'));
  await sluice(one, ...words(DEPLOY.replace('1.0.0', '2.0.0').replace(' --blue', '')));
  const back = await sluice(one, ...words('server rollback demo 1.0.0'));
  expect(back.err).toContain('`sluice server promote demo` and the version that is to be blue');
});
