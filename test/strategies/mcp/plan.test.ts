import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { setTraffic } from '../../../src/domain/servers/actions.ts';
import { takeHold } from '../../../src/domain/servers/hold.ts';
import { SluiceError } from '../../../src/domain/errors.ts';
import type { Scenario, ScenarioResult } from '../../../src/domain/servers/conformance.ts';
import type { RegisteredServer } from '../../../src/domain/servers/server.ts';
import { planRelease } from '../../../src/strategies/index.ts';
import { releaseSpec, type SpecChanges } from '../../support/builders.ts';
import { startHttpServer, type HttpServer } from '../../support/http-server.ts';
import { demoServer, mcpWorld } from '../../support/mcp-world.ts';

const target = { cluster: 'mcp', namespace: 'servers', rollout: 'demo' };
let revision: number;
let gateway: HttpServer;
let replayed: object;

beforeEach(async () => {
  revision = demoServer().revision;
  const versions = [
    { version: '1.0.0', traffic: 100 },
    { version: '2.0.0', traffic: 0 },
  ];
  replayed = { recorded: 2, compared: 2, differences: [] };
  gateway = await startHttpServer(({ path }) => {
    if (path === '/metrics') return { body: '' };
    return { body: path.endsWith('/replay') ? replayed : { revision, versions } };
  });
});
afterEach(() => gateway.close());

async function planned(changes: SpecChanges = {}, world: Parameters<typeof mcpWorld>[1] = {}) {
  const spec = releaseSpec({ strategy: 'mcp', target, image: '2.0.0', targetKind: 'mcp-server', ...changes });
  const { plan, checks } = await planRelease((await mcpWorld([gateway.url], world)).ports, spec);
  return { plan, failed: checks.flatMap(({ ok, name, detail }) => (ok ? [] : [`${name}: ${detail}`])) };
}

test('a registered version is planned against blue', async () => {
  const { plan, failed } = await planned({ steps: [20, 100], split: 'mcp-gateway' });
  expect(failed).toEqual([]);
  expect(plan).toMatchObject({
    targetKind: 'mcp-server',
    split: 'mcp-gateway',
    fromImage: '1.0.0',
    toImage: '2.0.0',
    steps: [{ weight: 20 }, { weight: 100 }],
    candidate: {
      service: '2.0.0',
      metricsService: 'demo@2.0.0',
      counters: { requests: 'sluice_mcp_requests_total{server="demo",version="2.0.0"}' },
    },
    after: { service: '2.0.0' },
    dividesCallers: true,
    judgesTools: true,
  });
});

const by = { at: 0, who: 'cli:ada' };
const holder = { releaseId: 'release/mcp/servers/other', runId: '1' };

test.each<[string, SpecChanges, () => RegisteredServer, string]>([
  ['unknown', { image: '9' }, demoServer, 'version: demo has no version 9; it has 2.0.0, 1.0.0'],
  ['blue', { image: '1.0.0' }, demoServer, 'version: 1.0.0 is blue already: all callers have it'],
  [
    'called',
    {},
    () => setTraffic(demoServer(), '2.0.0', 5, by),
    'traffic: 2.0.0 has 5 % of the callers, before the release',
  ],
  [
    'held',
    {},
    () => takeHold(demoServer(), holder) as RegisteredServer,
    'owner: held by release/mcp/servers/other (run 1)',
  ],
  ['with pods', { container: 'app' }, demoServer, 'fields: a release of an MCP server has no container'],
])('a version that is %s is not planned', async (_, changes, server, message) => {
  const { plan, failed } = await planned(changes, { server: server() });
  expect(plan).toBeUndefined();
  expect(failed).toContain(message);
});

test('without a blue version nothing is planned', async () => {
  const server = {
    ...demoServer(),
    versions: demoServer().versions.map((one) => ({ ...one, status: 'green', traffic: 0 })),
  };
  const { failed } = await planned({}, { server: server as RegisteredServer });
  expect(failed).toContain('blue: no version is blue');
});

test('a gateway with an older split, or none, is a failed check', async () => {
  revision -= 1;
  expect((await planned()).failed).toEqual([`gateways: ${gateway.url}: it has revision 1, the registry has 2`]);
  await gateway.close();
  const { failed } = await planned();
  // What is wrong is said once.
  expect(failed.map((text) => text.split(':')[0])).toEqual(['gateways']);
});

const tool = (required: string[]) => ({
  name: 'get',
  inputSchema: { type: 'object', properties: { id: {} }, required },
});
const offered = { '1.0.0': { tools: [tool([])] }, '2.0.0': { tools: [tool(['id'])] } };

test('a change that breaks callers needs a reason', async () => {
  const [failed] = (await planned({}, { offered })).failed;
  expect(failed).toMatch(/^contract: breaking: tool get: argument id is required now/);
  expect((await planned({ contractReason: 'all callers pass it' }, { offered })).failed).toEqual([]);
});

test.each([
  [undefined, 'Names that only 1.0.0 has stay callable for 1d after the promotion.'],
  [3_600_000, 'Names that only 1.0.0 has stay callable for 1h after the promotion.'],
  [0, 'Names that only 1.0.0 has cannot be called any more after the promotion.'],
])('with a grace time of %s the gate says how long former names stay callable', async (graceMs, words) => {
  const server = demoServer();
  const versions = server.versions.map((one) => ({ ...one, ...(graceMs === undefined ? {} : { graceMs }) }));
  const checkOf = async (more: SpecChanges) => {
    const { ports } = await mcpWorld([gateway.url], { offered, server: { ...server, versions } });
    const spec = releaseSpec({ strategy: 'mcp', target, image: '2.0.0', ...more });
    return (await planRelease(ports, spec)).checks.find(({ name }) => name === 'contract');
  };
  expect((await checkOf({}))?.next).toContain(words);
  expect((await checkOf({ contractReason: 'all callers pass it' }))?.detail).toContain(words.replace(/\.$/, ''));
});

test('a version whose contract is not known is not planned', async () => {
  const { ports } = await mcpWorld([gateway.url]);
  const contract = () => Promise.resolve({ missing: ['2.0.0'] });
  const world = { ...ports, workload: { ...ports.workload, contract } };
  const { checks } = await planRelease(world, releaseSpec({ strategy: 'mcp', target, image: '2.0.0' }));
  expect(checks.filter(({ ok }) => !ok)).toEqual([
    expect.objectContaining({ name: 'contract', detail: 'the contract of 2.0.0 is not known' }),
  ]);
});

const replay = { changing: ['content[].text.at'] };

test('a replay is asked for by the file, with the paths that may change, and every difference is a failed check', async () => {
  await planned();
  expect(gateway.requests.map(({ path }) => path)).not.toContain('/servers/demo/replay');
  expect((await planned({ replay })).failed).toEqual([]);
  const asked = gateway.requests.find(({ path }) => path === '/servers/demo/replay');
  expect(JSON.parse(asked?.body ?? '')).toEqual({ version: '2.0.0', changing: replay.changing });

  const difference = { tool: 'get', path: 'content[].text.price', what: 'is string, was number', calls: 2 };
  replayed = {
    recorded: 2,
    compared: 2,
    differences: [difference, { tool: 'find', path: '', what: 'the call fails', calls: 1 }],
  };
  expect((await planned({ replay })).failed).toEqual([
    'replay: 2 calls of users compared: get: content[].text.price is string, was number (2 calls); find: the call fails (1 call)',
  ]);
});

test('a replay without a call to compare is no pass', async () => {
  replayed = { recorded: 0, compared: 0, differences: [] };
  expect((await planned({ replay })).failed).toEqual([
    'replay: no gateway has kept a call of a reading tool that blue answers',
  ]);
  replayed = { other: true };
  expect((await planned({ replay })).failed).toEqual([
    expect.stringContaining('/servers/demo/replay has another form'),
  ]);
});

const conformance = { expected: ['tools-list'] } as const;
const ping = { scenario: 'ping', passed: 1, failed: 0 } as const;
const lists = { scenario: 'tools-list', passed: 1, failed: 1, why: 'no schema' } as const;

async function conformed(found: () => Promise<readonly ScenarioResult[]>, expected: readonly Scenario[]) {
  const { ports } = await mcpWorld([gateway.url]);
  const world = { ...ports, split: { ...ports.split, conform: found } };
  const spec = releaseSpec({ strategy: 'mcp', target, image: '2.0.0', conformance: { expected } });
  const { checks } = await planRelease(world, spec);
  return checks.find(({ name }) => name === 'conformance');
}

test.each([
  ['with the failures that are expected', [ping, lists], conformance.expected, true, '2 scenarios of the public suite'],
  ['with a failure', [ping, lists], [], false, 'tools-list fails: no schema'],
  ['with an expected failure that is none', [ping], ['ping'], false, 'ping is expected to fail, and passes'],
  ['without any scenario', [], [], false, 'the public suite has scenarios of 2025-11-25 only'],
] as const)('the suite %s is a check', async (_, results, expected, ok, detail) => {
  expect(await conformed(async () => results, expected)).toMatchObject({ ok, detail: expect.stringContaining(detail) });
});

test('a suite that does not run is a failed check, with the way out', async () => {
  const unavailable = new SluiceError('SERVER_CONFORMANCE_UNAVAILABLE', 'npx is not on PATH');
  expect(await conformed(() => Promise.reject(unavailable), [])).toMatchObject({
    ...{ ok: false, detail: 'npx is not on PATH' },
    next: expect.stringContaining('SLUICE_MCP_CONFORMANCE'),
  });
});

test('steps of a version with an audience are shares of it, also when they begin with all of it', async () => {
  const server = {
    ...demoServer(),
    versions: demoServer().versions.map((one) =>
      one.version === '2.0.0' ? { ...one, audience: { by: 'header', name: 'x-plan', values: ['beta'] } } : one,
    ),
  } as RegisteredServer;
  const { ports } = await mcpWorld([gateway.url], { server });
  const { checks } = await planRelease(ports, releaseSpec({ strategy: 'mcp', target, image: '2.0.0', steps: [100] }));
  expect(checks.find(({ name }) => name === 'steps')).toEqual({
    ...{ name: 'steps', ok: true },
    detail: '100 % of the callers with header:x-plan=beta; all others stay with blue until the promotion',
  });
});
