import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { HttpServer } from '../../src/http/server.ts';
import { aView, createFakeGateway } from '../support/fake-gateway.ts';
import { worldServices } from '../support/fake-tools.ts';
import { FakeWorld } from '../support/fake-world.ts';
import { depsOver, startServerOver } from '../support/mcp-server.ts';

const ROOT = new URL('../../node_modules/', import.meta.url);
/** The released suite knows the revisions of 2025; 2026-07-28 is in the one that is to come. */
const PROGRAMS = {
  released: '@modelcontextprotocol/conformance/dist/index.js',
  coming: 'conformance-2026/dist/index.js',
};
type Suite = keyof typeof PROGRAMS;

const OLD = ['server-initialize', 'ping', 'tools-list', 'resources-list', 'prompts-list', 'dns-rebinding-protection'];
const SUITES: readonly (readonly [suite: Suite, revision: string, scenarios: readonly string[]])[] = [
  ['released', '2025-06-18', OLD.filter((name) => name !== 'dns-rebinding-protection')],
  ['released', '2025-11-25', OLD],
  ['coming', '2025-11-25', OLD],
  [
    'coming',
    '2026-07-28',
    [
      'tools-list',
      'resources-list',
      'prompts-list',
      'dns-rebinding-protection',
      'server-sse-multiple-streams',
      'sep-2164-resource-not-found',
      'caching',
      'http-header-validation',
      'input-required-result-missing-input-response',
      'input-required-result-unsupported-methods',
      'input-required-result-ignore-extra-params',
      'input-required-result-validate-input',
    ],
  ],
];

/**
 * Why the other scenarios are not here. Each is about a fixture server that the suite describes, with tools, resources
 * and prompts of given names (`test_simple_text`, `test://static-text`, `test_prompt_with_arguments`), or about
 * something that this server does not offer and does not declare. What they look at is tried in clients.test.ts,
 * resources.test.ts and prompts.test.ts with real names instead.
 */
const NOT_OURS: Readonly<Record<string, RegExp>> = {
  'fixture tools':
    /^tools-call-|^json-schema-2020-12$|^elicitation-|^http-custom-header-server-validation$|^input-required-result-(basic|request-state|multi|result-type|non-tool|tampered|capability)/,
  'fixture resources': /^resources-(read|templates|subscribe|unsubscribe)/,
  'fixture prompts, also for completion': /^prompts-get-|^completion-complete$/,
  'MCP logging, deprecated since 2026-07-28': /^logging-set-level$/,
  'sessions and resumable streams, which a stateless server does not have':
    /^server-session-lifecycle$|^server-sse-(polling|multiple-streams)$/,
  'extensions: skills and tasks': /^sep-2640-|^tasks-/,
};

let server: HttpServer;
let world: FakeWorld;
beforeAll(async () => {
  world = new FakeWorld({ target: { cluster: 'prod', namespace: 'shop', rollout: 'web' } });
  server = await startServerOver(depsOver(worldServices(world, createFakeGateway([aView()])), { allowWrite: true }));
});
afterAll(async () => {
  await server.close();
  world.stop();
});

function run(suite: Suite, ...args: string[]): Promise<{ code: number | null; out: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [fileURLToPath(new URL(PROGRAMS[suite], ROOT)), ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.on('error', reject).on('close', (code) => resolve({ code, out }));
  });
}

describe.each(SUITES)('the %s suite for %s', (suite, revision, scenarios) => {
  test.each(scenarios)(
    '%s',
    async (scenario) => {
      const { code, out } = await run(
        suite,
        'server',
        '--url',
        server.mcpUrl,
        '--scenario',
        scenario,
        '--spec-version',
        revision,
      );

      expect([code, out.match(/^.*✗.*$/gm)]).toEqual([0, null]);
      // A scenario in which nothing was looked at proves nothing.
      expect(out).toMatch(/Passed: [1-9]/);
    },
    60_000,
  );
});

test('server-stateless for 2026-07-28: all of it but what would need tools of the suite', async () => {
  const { out } = await run(
    'coming',
    'server',
    '--url',
    server.mcpUrl,
    '--scenario',
    'server-stateless',
    '--spec-version',
    '2026-07-28',
  );

  const [, passed, all, failed] = /Passed: (\d+)\/(\d+), (\d+) failed/.exec(out) ?? [];
  const untestable = out.match(/Error: Not testable: server does not list the diagnostic tool 'test_\w+'/g) ?? [];
  expect(Number(passed)).toBeGreaterThanOrEqual(24);
  expect([Number(failed), Number(all)]).toEqual([untestable.length, Number(passed) + untestable.length]);
}, 60_000);

test('every scenario of both suites either runs here or has a reason why it does not', async () => {
  const listed = await Promise.all(
    (['released', 'coming'] as const).map(async (suite) => (await run(suite, 'list', '--server')).out),
  );
  const known = [...new Set(listed.join('\n').match(/(?<=^ {2}- )[\w-]+/gm))];
  const taken = new Set(['server-stateless', ...SUITES.flatMap(([, , scenarios]) => scenarios)]);

  expect(known.length).toBeGreaterThan(60);
  expect(
    known.filter((name) => !taken.has(name) && !Object.values(NOT_OURS).some((pattern) => pattern.test(name))),
  ).toEqual([]);
}, 60_000);
