import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { ROOT } from '../../scripts/root.mjs';
import { announce } from '../../src/adapters/server-gateways/announced.ts';
import { createServerRegistry } from '../../src/adapters/server-registry/index.ts';
import { register } from '../../src/domain/servers/actions.ts';
import type { Upstream } from '../../src/domain/servers/server.ts';
import { serverSystems } from '../../src/entry/server-registry.ts';
import { createEvidence } from '../../src/splits/mcp-gateway/evidence.ts';
import { Scrapes } from '../../src/splits/mcp-gateway/scrapes.ts';
import { createSplit } from '../../src/splits/mcp-gateway/split.ts';
import { program } from '../support/gateway-stage.ts';
import { connect, type TestClient } from '../support/mcp-clients.ts';
import { settingsWith } from '../support/settings.ts';

let folder: string;
let client: TestClient | undefined;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'stdio-gateway-'))));
afterEach(async () => {
  await client?.close();
  rmSync(folder, { recursive: true, force: true });
});

const systems = () =>
  serverSystems(settingsWith({ mcpProject: folder, mcpGlobalFile: join(folder, 'home', 'mcp.json'), mcpGateways: [] }));

/** The product's own program, as a client starts it. */
function started(): Promise<TestClient> {
  const args = [join(ROOT, 'bin', 'sluice.mjs'), 'gateway', '--stdio', 'shop'];
  const env = { SLUICE_MCP_GLOBAL_FILE: join(folder, 'home', 'mcp.json'), PATH: process.env['PATH'] ?? '' };
  return connect('2025 client', { command: process.execPath, args, cwd: folder, env });
}

test('a release reads the split, the health and the counters of a gateway over stdio, until its client ends it', async () => {
  const registry = createServerRegistry({ folder, globalFile: join(folder, 'home', 'mcp.json') });
  for (const version of ['one', 'two'])
    await registry.change('shop', undefined, (server) =>
      register(
        server,
        { version, upstream: program(version, '2025') as unknown as Upstream, blue: version === 'one' },
        { at: 1, who: 'tester' },
      ),
    );
  const split = createSplit(systems());
  const [ref, arms] = [
    { cluster: 'mcp', namespace: 'servers', name: 'shop' },
    { stable: 'one', candidate: 'two' },
  ];
  expect(await split.inForce(ref, arms)).toEqual([]);

  client = await started();
  expect((await client.callTool('version', {})).content[0]?.text).toBe('one 1');
  const [proved, ...others] = await split.inForce(ref, arms);
  const { gateways } = systems();
  const evidence = createEvidence(gateways, new Scrapes(gateways, { everyMs: 3_600_000 }));
  await evidence.probe();
  const { requests } = await evidence.counters('shop@one', { fromMs: 0, toMs: Date.now() });

  expect([proved, others]).toEqual([
    { replica: expect.stringMatching(/^http:\/\/127[.]0[.]0[.]1:\d+\/[0-9a-f-]{36}$/), candidate: 0 },
    [],
  ]);
  expect(await split.unhealthy?.(ref, 'one')).toEqual([]);
  const good = requests.find(({ labels }) => labels['mcp_tool'] === 'version' && labels['code'] === '200');
  expect(good?.samples.at(-1)?.[1]).toBe(1);
  expect(await systems().gateways('another')).toEqual([]);

  await client.close();
  while ((await split.inForce(ref, arms)).length > 0);
  // The folder is in a project, whose repository should not get it.
  expect(readdirSync(join(folder, '.mcp.gateways'))).toEqual(['.gitignore']);
}, 60_000);

test('what a gateway left behind that ended without a word is removed, and that of another machine is left alone', async () => {
  const kept = join(folder, '.mcp.gateways');
  await announce(kept, 'shop', 'http://127.0.0.1:1/gone');
  writeFileSync(
    join(kept, 'far.json'),
    JSON.stringify({ server: 'shop', address: 'http://127.0.0.1:1/x', host: 'far' }),
  );
  writeFileSync(join(kept, 'broken.json'), '{');
  expect(await systems().gateways('shop')).toEqual([]);
  expect(readdirSync(kept).toSorted()).toEqual(['.gitignore', 'broken.json', 'far.json']);
});
