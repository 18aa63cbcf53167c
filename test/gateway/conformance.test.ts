import { spawn } from 'node:child_process';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createConformance } from '../../src/adapters/conformance/index.ts';
import { versionUrl } from '../../src/adapters/server-gateways/client.ts';
import { conformanceProblems, SCENARIOS } from '../../src/domain/servers/conformance.ts';
import { aServer, program, startGateway, type Stage } from '../support/gateway-stage.ts';

const SUITE = fileURLToPath(
  new URL('../../node_modules/@modelcontextprotocol/conformance/dist/index.js', import.meta.url),
);
const env = { ...process.env, PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}` };

let stage: Stage;
beforeAll(async () => {
  stage = await startGateway([aServer('shop', { one: program('one', '2025'), two: program('two', '2025') })]);
});
afterAll(() => stage.close());

test('the public suite looks at the version without callers, and tells passes from failures', async () => {
  const suite = createConformance(SUITE, env);
  const results = await suite.run(versionUrl(stage.root, 'shop', 'two'), ['tools-list', 'resources-list']);
  expect(results).toEqual([
    { scenario: 'tools-list', passed: 1, failed: 0 },
    { scenario: 'resources-list', passed: 0, failed: 1, why: expect.stringContaining('Method not found') },
  ]);
  expect(conformanceProblems(results, ['resources-list'])).toEqual([]);
  expect(conformanceProblems(results, ['tools-list'])).toHaveLength(2);
  const [one, two] = (await stage.status('shop')).versions;
  expect([one?.processes, (two?.processes ?? 0) > 0]).toEqual([0, true]);
}, 120_000);

test('every scenario is one of the released suite', async () => {
  const child = spawn(process.execPath, [SUITE, 'list', '--server'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const listed: readonly string[] = (await text(child.stdout)).match(/(?<=^ {2}- )[\w-]+/gm) ?? [];
  expect(SCENARIOS.filter((name) => !listed.includes(name))).toEqual([]);
  // Left out, because they look at the transport, which is that of the gateway.
  expect(listed.filter((name) => !(SCENARIOS as readonly string[]).includes(name)).toSorted()).toEqual([
    'dns-rebinding-protection',
    'server-sse-multiple-streams',
    'server-sse-polling',
  ]);
}, 60_000);

test.each([
  ['no-such-program', /no-such-program does not exist/],
  [join(dirname(process.execPath), 'node'), /ping: /],
])(
  'a suite that does not run is an error with the way out: %s',
  async (wrong, message) => {
    await expect(createConformance(wrong, env).run('http://127.0.0.1:1/mcp', ['ping'])).rejects.toMatchObject({
      code: 'SERVER_CONFORMANCE_UNAVAILABLE',
      message: expect.stringMatching(message),
    });
  },
  60_000,
);
