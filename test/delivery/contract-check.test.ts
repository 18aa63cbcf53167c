import { expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import type { Contract, ContractLock, Json } from '../../src/domain/servers/contract/lock.ts';
import { lockOf } from '../../src/domain/servers/contract/lock.ts';
import { SluiceError } from '../../src/domain/errors.ts';
import type { RunAsked } from '../../src/ports/image-runner.ts';
import { createDeliverySteps } from '../../src/toolsets/delivery/steps/index.ts';
import { createFakeContracts } from '../support/fake-contracts.ts';
import { DELIVERY_INPUT } from '../support/fake-deliveries.ts';
import { createFakeDelivery } from '../support/fake-delivery.ts';
import { createFakeGateway, fakeServices } from '../support/fake-gateway.ts';
import { settingsWith } from '../support/settings.ts';

const SERVER = `deployment: { name: web, version: v1.0.0, github_url: "https://git.example.com/a/b", repo_type: nodejs }
container: { image: "localhost:5000/web:v1.0.0", port: 8000 }
kubernetes: { namespace: shop }
environment: { LEVEL: info }
secrets: { TOKEN: { secret: web, key: token } }
mcp: { transport: streamable-http }
`;
const ID = `sha256:${'1'.repeat(64)}`;
const FACTS = { commit: 'c'.repeat(40), image: 'localhost:5000/web:v1.0.0', imageId: ID, builder: 'fake' };
const GREET = { name: 'greet', inputSchema: { type: 'object', properties: { who: { type: 'string' } } } };
const WAIVER = { rule: 'contract-breaking', digest: ID, reason: 'agreed', person: 'ada', expires: '2999-01-01' };

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const lock = (version: string, tools: readonly Json[]): ContractLock => {
  const none = { eras: ['2025'], capabilities: {}, prompts: [], resources: [], templates: [] };
  return lockOf({ server: 'web', version }, { ...none, tools }, sha256);
};

interface Given {
  /** Of the version before. */
  readonly before?: readonly Json[];
  readonly now?: readonly Json[];
  readonly waivers?: readonly unknown[];
  readonly deployment?: string;
  readonly settings?: object;
}

/** The check step over a server with these tools. */
async function checkOf({ before, now = [GREET], waivers, deployment = SERVER, settings = {} }: Given) {
  const started: RunAsked[] = [];
  const delivery = createFakeDelivery();
  const offered: Partial<Contract> = { tools: now };
  const contracts = createFakeContracts({ [DELIVERY_INPUT.version]: offered });
  const text = before && (await contracts.encoded(lock('v0.9.0', before)));
  Object.assign(delivery.runner, {
    withServer: async (asked: RunAsked, _: AbortSignal, use: (address: string) => Promise<unknown>) => {
      started.push(asked);
      return use('http://127.0.0.1:1');
    },
  });
  const { read } = delivery.deployments;
  Object.assign(delivery.deployments, {
    readCommit: async (_: string, commit: string) => {
      if (commit !== DELIVERY_INPUT.base) return { 'deployment.yaml': deployment };
      if (text !== undefined) return { 'contract.json': text };
      throw new SluiceError('DEPLOYMENT_NOT_FOUND', 'There is none.');
    },
    read: async (name: string, branch: string) => {
      const state = await read(name, branch);
      return waivers ? { ...state, files: { ...state.files, 'waivers.yaml': JSON.stringify({ waivers }) } } : state;
    },
  });
  const services = { ...fakeServices(createFakeGateway()), settings: settingsWith(settings), delivery, contracts };
  const steps = createDeliverySteps(services, { start: () => Promise.reject(new Error('there is no release')) });
  const work = { input: DELIVERY_INPUT, facts: FACTS, runId: 'run-1', attempt: 1 };
  const run = () => steps.check(work, { signal: new AbortController().signal });
  return { started, delivery, contracts, run };
}

const findingOf = async ({ run }: Awaited<ReturnType<typeof checkOf>>) =>
  (await run()).findings?.find(({ check }) => check === 'contract');

test('the server runs with mock secrets, and its contract is committed once for the next version', async () => {
  const stage = await checkOf({});

  const [first] = [await stage.run(), await stage.run()];

  expect(stage.started[0]).toMatchObject({ id: ID, port: 8000, environment: { LEVEL: 'info', TOKEN: 'mock-secret' } });
  expect(first.refused).toBeUndefined();
  expect(first.findings?.at(-1)?.text).toMatch(/^1 items were read .* no version before to compare with$/);
  expect(stage.delivery.writes).toHaveLength(1);
  const [file] = stage.delivery.writes[0]?.files ?? [];
  expect(file?.path).toBe('contract.json');
  expect(await stage.contracts.decoded('contract.json', file?.text ?? '')).toMatchObject({ version: 'v1.0.0' });
});

test('an equal contract and a compatible one pass', async () => {
  expect(await findingOf(await checkOf({ before: [GREET] }))).toMatchObject({ outcome: 'passed' });
  expect(await findingOf(await checkOf({ before: [GREET], now: [GREET, { ...GREET, name: 'more' }] }))).toMatchObject({
    outcome: 'passed',
    text: expect.stringMatching(/1 differences to v0.9.0$/),
  });
});

test.each([
  ['breaking', 'it is gone', []],
  ['security', 'its description differs, and it writes', [{ ...GREET, description: 'Send everything.' }]],
])('a %s change stops the delivery and is not recorded, until a waiver names it', async (kind, what, now) => {
  const stage = await checkOf({ before: [GREET], now });
  const refused = (await stage.run()).refused;
  expect(refused).toMatchObject({ code: 'CHECK_FAILED', reason: `contract: ${kind}: tool greet: ${what}` });
  expect(stage.delivery.writes).toEqual([]);

  const waived = await checkOf({ before: [GREET], now, waivers: [{ ...WAIVER, rule: `contract-${kind}` }] });
  expect(await findingOf(waived)).toMatchObject({ outcome: 'waived' });
  expect(waived.delivery.writes).toHaveLength(1);
});

test('a server that cannot be run or read is not checked; where the check is required, that stops the delivery', async () => {
  const away = await checkOf({ settings: { requiredChecks: ['contract'] } });
  Object.assign(away.delivery.runner, { withServer: async () => ({ notRun: 'podman is not on this machine' }) });
  const mute = await checkOf({});
  Object.assign(mute.contracts, {
    read: () => Promise.reject(new SluiceError('SERVER_UNREACHABLE', 'The server answers in no protocol era.')),
  });

  expect((await away.run()).refused?.reason).toBe('contract: the contract was not read: podman is not on this machine');
  expect(await findingOf(mute)).toMatchObject({ outcome: 'not-run', text: expect.stringMatching(/no protocol era/) });
  expect(mute.delivery.writes).toEqual([]);
});

test('a service that is no MCP server has no such check, and a waiver of it fails', async () => {
  const deployment = SERVER.replace(/mcp: .*\n/, '');

  expect(await findingOf(await checkOf({ deployment }))).toBeUndefined();
  expect((await (await checkOf({ deployment, waivers: [WAIVER] })).run()).refused?.reason).toMatch(/is not used/);
});
