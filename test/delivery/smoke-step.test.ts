import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { INGRESS_ROUTE } from '../../src/adapters/kubernetes/kinds.ts';
import type { StepDone } from '../../src/domain/delivery/delivery.ts';
import type { RolloutState, RolloutStep } from '../../src/domain/rollout.ts';
import { parseReleaseFile, releaseFile } from '../../src/contract/release-file.ts';
import type { HttpAnswered, ToolAnswered } from '../../src/domain/delivery/smoke.ts';
import { readDeployment } from '../../src/onboarding/deployment-text.ts';
import { planRendering } from '../../src/onboarding/plan.ts';
import type { ServiceAt, ServiceCallsPort } from '../../src/ports/service-calls.ts';
import { createDeliverySteps } from '../../src/toolsets/delivery/steps/index.ts';
import { DELIVERY_INPUT } from '../support/fake-deliveries.ts';
import { aView, createFakeGateway } from '../support/fake-gateway.ts';
import { exampleWorld, type ExampleWorld } from '../support/example-world.ts';

const DEPLOYMENT = `deployment: { name: site, version: v1.0.0, github_url: 'https://git.example.com/a/b', repo_type: nodejs }
container: { image: 'localhost:5000/site:v1.0.0', port: 8000 }
kubernetes: { namespace: shop, host: web.example.com }
mcp: { transport: streamable-http, path: /tools }
`;
const TESTS = `smoke_tests:
  attempts: 1
  http: [{ path: /hello, contains: hello }]
  mcp: { tools: [read], calls: [{ tool: read, arguments: { id: a }, json: { field: price, equals: 12 } }] }
`;

const MCP = 'MCP shop/site-stable:http/tools';

let world: ExampleWorld;
const started: object[] = [];
let steps: readonly RolloutStep[] = [];
let said = '';
beforeEach(async () => void (world = await exampleWorld('delivery_deploy', 'The planned deployment')));
afterEach(() => world.stop());

/** A service that answers like this, and what it was asked. */
function service(body: string, price: number): ServiceCallsPort & { readonly asked: string[] } {
  const asked: string[] = [];
  const name = ({ namespace, service: one, port }: ServiceAt): string => `${namespace}/${one}:${port}`;
  return {
    asked,
    missingVerbs: async () => [],
    pods: async () => [],
    async http(at, { method, path }): Promise<HttpAnswered> {
      asked.push(`${method} ${name(at)}${path}`);
      return { status: 200, body };
    },
    async withMcp(at, path, _, use) {
      asked.push(`MCP ${name(at)}${path}`);
      return use({
        tools: async () => [{ name: 'read', readOnly: true }],
        call: async (): Promise<ToolAnswered> => ({ isError: false, text: JSON.stringify({ price }) }),
      });
    },
  };
}

async function run(step: 'deploy' | 'release', text: string, serviceCalls: ServiceCallsPort): Promise<StepDone> {
  const { context } = world;
  const rendered = planRendering(readDeployment(text), {}).map((file) => [file.path, file.text] as const);
  const files = { 'deployment.yaml': text, ...Object.fromEntries(rendered) };
  const deployments = { ...context.delivery.deployments, readCommit: async () => files };
  // A fake cluster has no controllers that would make the pods ready.
  const clusterObjects = { ...context.ports.clusterObjects, readSettled: async () => ({}) };
  const ended = { id: 'release/prod/shop/web', state: 'succeeded', closedAt: 1 } as const;
  const events = [{ at: 1, state: 'starting', text: said }] as const;
  const gateway = createFakeGateway([aView({ ...ended, events })]);
  const workload = { ...context.ports.workload, read: async () => ({ strategy: 'canary', steps }) as RolloutState };
  const ports = { ...context.ports, clusterObjects, serviceCalls, workload };
  const made = createDeliverySteps(
    { ...context, ports, gateway, delivery: { ...context.delivery, deployments } },
    {
      start: async (_, file) => {
        started.push(file);
        return { release_id: 'release/prod/shop/web', run_id: aView().runId };
      },
    },
  );
  const facts = {
    pinnedCommit: 'b'.repeat(40),
    image: 'localhost:5000/site:v1.0.0',
    digest: `sha256:${'d'.repeat(64)}`,
  };
  const work = { input: DELIVERY_INPUT, facts: { ...facts, first: false }, runId: 'run-1', attempt: 1 };
  return made[step](work, { signal: new AbortController().signal });
}
async function route() {
  const { clusterObjects } = world.context.ports;
  const kind = (await clusterObjects.kinds('prod')).find(({ plural }) => plural === INGRESS_ROUTE.plural);
  if (!kind) throw new Error('no IngressRoute');
  return clusterObjects.read({ cluster: 'prod', namespace: 'shop', name: 'site', kind });
}

test('a first version is tested at its Service before the route of its users is made', async () => {
  const calls = service('hello', 12);
  const done = await run('deploy', DEPLOYMENT + TESTS, calls);

  expect(done).toMatchObject({ facts: { first: true }, figures: { smoke_tests: 3, smoke_tests_failed: 0 } });
  expect(done.refused).toBeUndefined();
  expect(done.findings?.filter(({ check }) => check === 'smoke')).toEqual([
    { check: 'smoke', outcome: 'passed', text: 'GET /hello' },
    { check: 'smoke', outcome: 'passed', text: 'MCP initialize and tools/list' },
    { check: 'smoke', outcome: 'passed', text: 'MCP call of read' },
  ]);
  expect(calls.asked).toEqual(['GET shop/site-stable:http/hello', MCP, MCP]);
});

test('a test that fails stops the delivery with its reason, and users get no route', async () => {
  const { refused, findings } = await run('deploy', DEPLOYMENT + TESTS, service('bye', 13));

  const page = 'GET /hello: the answer does not contain "hello": bye';
  const price = 'MCP call of read: price is 13 and not 12';
  expect(refused).toMatchObject({ code: 'SMOKE_TEST_FAILED', reason: `${page}. ${price}` });
  expect(findings).toContainEqual({ check: 'smoke', outcome: 'failed', text: page });
  await expect(route()).rejects.toMatchObject({ code: 'OBJECT_NOT_FOUND' });

  // A retry finds the objects, tests again, and makes the route.
  expect((await run('deploy', DEPLOYMENT + TESTS, service('hello', 12))).refused).toBeUndefined();
  expect(await route()).toMatchObject({ kind: 'IngressRoute' });
});

test('without tests nothing is asked', async () => {
  const calls = service('', 0);
  const { findings, figures } = await run('deploy', DEPLOYMENT, calls);

  expect(calls.asked).toEqual([]);
  expect(findings?.filter(({ check }) => check === 'smoke')).toEqual([]);
  expect(figures).not.toHaveProperty('smoke_tests');
});

const HELD = [{ other: 'setCanaryScale', canaryScale: { weight: 5 } }, { pause: {} }];
const SAID = 'smoke tests passed before the first traffic: GET /hello';

test('the release of a later version gets the tests, and the delivery tells what it has found', async () => {
  steps = HELD;
  said = SAID;
  const { findings } = await run('release', DEPLOYMENT + TESTS, service('', 0));

  expect(started.at(-1)).toMatchObject({ smoke_tests: { attempts: 1, timeout: '10000ms', mcp: { path: '/tools' } } });
  const { request_id: _, ...file } = started.at(-1) as Record<string, unknown>;
  expect(parseReleaseFile(releaseFile, file, 'canary')).toMatchObject({ smoke_tests: { port: 'http' } });
  expect(findings).toContainEqual({ check: 'smoke', outcome: 'passed', text: SAID });
});

test('a test that fails is a finding, and the release that it ends stops the delivery', async () => {
  steps = HELD;
  said = 'smoke tests failed before the first traffic: GET /hello: the status is 500 and not 200';
  const { findings } = await run('release', DEPLOYMENT + TESTS, service('', 0));

  expect(findings).toContainEqual({ check: 'smoke', outcome: 'failed', text: said });
});

test('a Rollout without a hold is released without the tests, and the delivery says so with the steps', async () => {
  steps = [{ setWeight: 5 }, { pause: {} }];
  const { findings } = await run('release', DEPLOYMENT + TESTS, service('', 0));

  expect(started.at(-1)).not.toHaveProperty('smoke_tests');
  expect(findings).toContainEqual({
    ...{ check: 'smoke', outcome: 'not-run' },
    text: expect.stringContaining('spec.strategy.canary.steps: [{"setCanaryScale":{"weight":5}},{"pause":{}}'),
  });
});

test('the Rollout of a deployment with tests waits for them', () => {
  const files = planRendering(readDeployment(DEPLOYMENT + TESTS), {});
  const rollout = files.find(({ path }) => path.endsWith('base/rollout.yaml'))?.text;
  expect(rollout).toContain('- setCanaryScale:\n            weight: 5\n        - pause: {}\n        - setWeight: 5\n');
  expect(rollout).toContain(
    '- setCanaryScale:\n            matchTrafficWeight: true\n        - pause: {}\n        - setWeight: 25',
  );
});

test.each([
  ['smoke_tests: {}\n', 'has no test: name http or mcp'],
  ['smoke_tests: { http: [{ path: x }] }\n', 'must be a path'],
  ['smoke_tests: { htp: [] }\n', 'http'],
  ['smoke_tests: { timeout: 2m, http: [{ path: / }] }\n', '60s at most'],
  ['smoke_tests: { http: [{ path: /, body: a }] }\n', 'for method POST only'],
  ['smoke_tests: { http: [{ path: /, json: { field: a, equals: [1] } }] }\n', 'must be a text, a number'],
])('%s: refused with the reason', (tests, why) => {
  expect(() => readDeployment(DEPLOYMENT + tests)).toThrow(why);
});

test('a test of MCP needs an MCP server with an address', () => {
  const text = DEPLOYMENT.replace(/^mcp: .*\n/m, '');
  expect(() => readDeployment(`${text}smoke_tests: { mcp: {} }\n`)).toThrow('needs the section mcp');
});
