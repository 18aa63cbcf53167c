import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { applyApplication, removeApplication, type Sandbox } from '../../sandbox/index.ts';
import { createWindows } from '../../src/adapters/windows/index.ts';
import { createClusters, type Clusters } from '../../src/adapters/kubernetes/index.ts';
import {
  ANALYSIS_TEMPLATE,
  describe,
  INGRESS_ROUTE,
  MIDDLEWARE,
  ROLLOUT,
  SERVICE,
  TRAEFIK_SERVICE,
  type ObjectRef,
} from '../../src/adapters/kubernetes/kinds.ts';
import { CATALOGUE } from '../../src/toolsets/index.ts';
import type { Command, CommandServices } from '../../src/commands/command.ts';
import { loadSettings } from '../../src/config/load.ts';
import type { Settings } from '../../src/config/schema.ts';
import { releaseId } from '../../src/domain/release/target.ts';
import { portsOver, worldsOver } from '../../src/entry/ports.ts';
import { planRelease } from '../../src/strategies/index.ts';
import { aView, AT, createFakeGateway, SPEC } from '../support/fake-gateway.ts';
import { createFakePlans } from '../support/fake-plans.ts';
import { createFakeContracts } from '../support/fake-contracts.ts';
import { createFakeServerGateways } from '../support/fake-server-gateways.ts';
import { createFakeDelivery } from '../support/fake-delivery.ts';
import { createFakePackages } from '../support/fake-packages.ts';
import { createFakePrograms } from '../support/fake-programs.ts';
import { createFakeServers } from '../support/fake-servers.ts';
import { createFakeJournal } from '../support/fake-journal.ts';
import { inputsFor, rightShaped } from '../support/fuzz/arbitrary.ts';
import { complaintsOf, mapAtOnce, outcomesOf, SEED, type Tried } from '../support/fuzz/run.ts';
import { callAndJudge } from '../support/fuzz/verdict.ts';
import { netOf, WatchedClusters } from '../support/fuzz/watched-clusters.ts';
import type { Names } from '../support/fuzz/words.ts';
import { sharedSandbox } from '../support/sandbox.ts';

// Proofs on a real cluster take seconds.
jest.setTimeout(240_000);

const EACH = 25;
const AT_ONCE = 8;
const NAMESPACE = `rest-fuzz-${Date.now().toString(36).slice(-5)}`;
const NAMES = {
  namespace: NAMESPACE,
  rollout: 'web',
  services: ['web-stable', 'web-canary'],
  templates: ['success-ratio'],
};
const KINDS = [ROLLOUT, TRAEFIK_SERVICE, INGRESS_ROUTE, MIDDLEWARE, ANALYSIS_TEMPLATE, SERVICE];

let sandbox: Sandbox;
let clusters: Clusters;
let settings: Settings;
/** Everything that an answer owned up to. */
const ownedUp = new Set<string>();

beforeAll(async () => {
  sandbox = await sharedSandbox();
  clusters = createClusters({ kubeconfig: sandbox.kubeconfig });
  const env = {
    SLUICE_KUBECONFIG: sandbox.kubeconfig,
    SLUICE_PROMETHEUS_URL: sandbox.prometheusUrl,
    SLUICE_TRAEFIK_API_URLS: sandbox.traefikApiUrls.join(','),
    SLUICE_ALLOWED_NAMESPACES: `${NAMESPACE},absent`,
  };
  ({ settings } = loadSettings({ env }));
  await applyApplication(sandbox, {
    name: NAMES.rollout,
    namespace: NAMESPACE,
    strategy: 'canary',
    steps: [5, 25],
    rps: 2,
  });
  for (const each of await present()) ownedUp.add(describe(each));
}, 900_000);

afterAll(async () => {
  const client = clusters.client(sandbox.context);
  await removeApplication(sandbox, NAMES.rollout, NAMESPACE);
  await Promise.allSettled((await present()).map(({ uid, ...ref }) => client.remove(ref, { uid })));
}, 120_000);

async function present(): Promise<(ObjectRef & { readonly uid: string })[]> {
  const client = clusters.client(sandbox.context);
  const lists = await Promise.all(
    KINDS.map(async (kind) => (await client.list(kind, NAMESPACE)).map((item) => ({ kind, item }))),
  );
  return lists.flat().map(({ kind, item }) => {
    const { name, uid } = (item as { metadata: { name: string; uid: string } }).metadata;
    return { kind, namespace: NAMESPACE, name, uid };
  });
}

/** It needs somebody, so that nobody waits for it. */
function aRelease() {
  const target = { cluster: sandbox.context, namespace: NAMESPACE, rollout: NAMES.rollout };
  return aView({
    id: releaseId(target),
    spec: { ...SPEC, target },
    waiting: { for: 'promotion', answers: ['promote'], sinceMs: AT },
  });
}

/** Real ports over a cluster whose writes are noted, for one call; only Temporal is pretended. */
function stage() {
  const client = clusters.client(sandbox.context);
  const exists = (ref: ObjectRef) =>
    client.get(ref).then(
      () => true,
      () => false,
    );
  const watched = new WatchedClusters(clusters, { exists, fail: () => undefined });
  const gateway = createFakeGateway([aRelease()]);
  const ports = portsOver(watched, settings);
  const servers = createFakeServers();
  const registered: string[] = [];
  servers.watch(({ server }) => void registered.push(`changed the MCP server ${server.name}`));
  const services: CommandServices = {
    gateway,
    ports,
    worlds: worldsOver(watched, settings),
    journal: createFakeJournal(),
    plans: createFakePlans(),
    servers,
    serverGateways: createFakeServerGateways(),
    contracts: createFakeContracts(),
    packages: createFakePackages(),
    programs: createFakePrograms(),
    delivery: createFakeDelivery(),
    windows: createWindows([]),
    news: { receivers: async () => [] },
    preflight: async (spec) => planRelease(await worldsOver(watched, settings).of(sandbox.context), spec),
    clusters: {
      current: async () => sandbox.context,
      all: async () => [sandbox.context],
      same: async (name) => [name],
    },
    settings,
  };
  const written = () => [
    ...netOf(watched.writes).map(({ verb, object }) => `${verb} ${object}`),
    ...gateway.sent.map(({ command }) => `sent ${command.name}`),
    ...gateway.started.map(() => 'started a release'),
    ...registered,
  ];
  return { services, written, objects: () => netOf(watched.writes).map(({ object }) => object) };
}

function inputs(command: Command): unknown[] {
  const names: Names = { ...NAMES, cluster: sandbox.context };
  const half = fc.sample(rightShaped(command, names), { numRuns: Math.ceil(EACH / 2), seed: SEED });
  return [...half, ...fc.sample(inputsFor(command, names), { numRuns: Math.floor(EACH / 2), seed: SEED })];
}

const deletes = ({ name }: Command): number => Number(name.includes('_delete_'));
/** What deletes comes last: the others are to find something. */
const ORDER = CATALOGUE.toSorted((a, b) => deletes(a) - deletes(b)).map((command) => [command.name, command] as const);

test.each(ORDER)(`%s answers ${EACH} inputs on a real cluster truly or with the catalogue`, async (name, command) => {
  const tried = await mapAtOnce(
    inputs(command),
    async (input): Promise<Tried> => {
      const { services, written, objects } = stage();
      const outcome = await callAndJudge(command, input, { services, written });
      if (outcome.result === 'ok' || outcome.complaints.length === 0)
        for (const object of objects()) ownedUp.add(object);
      return { scene: 'canary at rest', input, ...outcome };
    },
    AT_ONCE,
  );

  expect([name, complaintsOf(tried)]).toEqual([name, []]);
  if (process.env['SLUICE_FUZZ_TELL']) process.stderr.write(`${name}: ${JSON.stringify(outcomesOf(tried))}\n`);
});

test('nothing is there that no answer has owned up to', async () => {
  expect((await present()).map(describe).filter((object) => !ownedUp.has(object))).toEqual([]);
});
