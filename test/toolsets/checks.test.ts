import { expect, test } from '@jest/globals';
import type { CheckServices, Finding } from '../../src/commands/doctor-check.ts';
import { readNews } from '../../src/config/news.ts';
import type { NewsReceiver } from '../../src/domain/news/delivery.ts';
import type { KnownReceiver, ReceiverState } from '../../src/ports/news.ts';
import { SluiceError } from '../../src/domain/errors.ts';
import type { SeenRollout } from '../../src/domain/updates/seen-rollout.ts';
import type { Preflight, ReleasePlan } from '../../src/domain/release/plan.ts';
import { emptyServer, type RegisteredServer } from '../../src/domain/servers/server.ts';
import type { GatewayView, SilentGateway } from '../../src/ports/server-gateways.ts';
import { createFakeServerGateways } from '../support/fake-server-gateways.ts';
import { createFakeServers } from '../support/fake-servers.ts';
import { DEFAULTS } from '../support/fake-gateway.ts';
import { TOOLSETS } from '../../src/toolsets/index.ts';

const PLACE = { cluster: 'kind', namespace: 'shop' };

interface World {
  readonly rollouts: readonly string[];
  /** Other namespaces with a Rollout. */
  readonly rolloutsIn?: readonly string[];
  /** Of the plan of any release. */
  readonly checks?: Preflight['checks'];
  readonly plan?: Partial<ReleasePlan>;
  /** The routers of every Rollout. */
  readonly trafficRouting?: readonly string[];
  /** The release that holds every Rollout. */
  readonly owner?: string;
  readonly routes: readonly string[];
  readonly replicas: readonly { readonly replica: string; readonly error?: string }[];
  /** Absent: Temporal is away. */
  readonly pollers?: number;
  /** MCP servers in the registry. Absent: it cannot be read. */
  readonly servers?: readonly RegisteredServer[];
  readonly gateways: readonly (GatewayView | SilentGateway)[];
  /** The version of the program helm. Absent: there is none. */
  readonly helm?: string;
  readonly receivers: readonly KnownReceiver[];
  /** What the annotations of the Rollout web ask for. Absent: nothing. */
  readonly updates?: Partial<SeenRollout>;
  /** The release file that they name. */
  readonly releaseFile?: unknown;
  /** Settings beside the defaults. */
  readonly settings?: object;
}

const SERVER: RegisteredServer = { ...emptyServer('shop', 'project'), revision: 4 };
const ONE = { version: '1.0.0', traffic: 100 };
const inForce = (revision: number, health: 'healthy' | 'unhealthy' = 'healthy'): GatewayView => ({
  gateway: 'http://gateway',
  version: '0.1.0',
  servers: [{ server: 'shop', revision, versions: [{ ...ONE, health: { state: health, reason: 'it is silent' } }] }],
});

function receiver(changes: Partial<ReceiverState>): KnownReceiver {
  const state = { receiver: 'team', tries: 0, nextAt: 0, gone: false, dead: 0, ...changes };
  const { receivers } = readNews({ team: { url: 'https://hooks.example' } });
  return { receiver: receivers[0] as NewsReceiver, state };
}

const GOOD: World = {
  rollouts: ['web'],
  routes: ['web', 'api'],
  replicas: [{ replica: 'traefik/a' }],
  pollers: 2,
  servers: [SERVER],
  gateways: [inForce(4)],
  helm: '4.3',
  receivers: [receiver({ deliveredAt: Date.parse('2026-11-29') })],
};

function servicesOf({
  rollouts,
  rolloutsIn = [],
  routes,
  replicas,
  pollers,
  checks = [],
  plan,
  trafficRouting = ['traefik'],
  owner,
  servers,
  gateways,
  helm,
  receivers,
  updates,
  releaseFile,
  settings,
}: World): CheckServices {
  const view = (rollout: string) => ({
    target: { ...PLACE, rollout },
    strategy: 'canary',
    trafficRouting,
    images: { app: 'shop:v1' },
    ...(owner && { owner: { releaseId: owner } }),
  });
  const here = rollouts.map(view);
  const elsewhere = rolloutsIn.map((namespace) => ({ target: { ...PLACE, namespace, rollout: 'web' } }));
  const missing = new SluiceError('HELM_MISSING', 'There is no program helm on PATH.');
  const away = new SluiceError('TEMPORAL_UNREACHABLE', 'Temporal at localhost:7233 does not answer.');
  const unreadable = new SluiceError('SERVER_FILE_INVALID', 'The file is not JSON.');
  return {
    gateway: {
      builds: { list: () => (pollers === undefined ? Promise.reject(away) : Promise.resolve([])) },
      probe: () =>
        pollers === undefined
          ? Promise.reject(away)
          : Promise.resolve({
              address: 'localhost:7233',
              namespace: 'default',
              taskQueue: 'sluice',
              pollers,
              workers: [],
            }),
    },
    ports: {
      rolloutObjects: { list: (place: Partial<typeof PLACE>) => Promise.resolve(place.namespace ? here : elsewhere) },
      rolloutUpdates: {
        list: () => Promise.resolve(updates ? [{ target: { ...PLACE, rollout: 'web' }, unknown: [], ...updates }] : []),
        releaseFile: () => Promise.resolve(releaseFile),
      },
      helm: { version: () => (helm === undefined ? Promise.reject(missing) : Promise.resolve(helm)) },
      routes: { names: () => Promise.resolve(routes), replicas: () => Promise.resolve(replicas) },
    },
    preflight: () => Promise.resolve({ checks, plan }),
    servers: servers ? createFakeServers(...servers) : { list: () => Promise.reject(unreadable) },
    serverGateways: createFakeServerGateways(...gateways),
    news: { receivers: () => Promise.resolve(receivers) },
    settings: { ...DEFAULTS, ...settings },
  } as unknown as CheckServices;
}

/** What the checks of all toolsets find in a world, by name. */
async function found(world: Partial<World>): Promise<Readonly<Record<string, Finding>>> {
  const services = servicesOf({ ...GOOD, ...world });
  const all = await Promise.all(
    TOOLSETS.flatMap(({ checks }) => [
      ...(checks.ofCluster ?? []).map((check) => check(services, PLACE)),
      ...(checks.ofProcess ?? []).map((check) => check(services)),
    ]),
  );
  return Object.fromEntries(all.flat().map((one) => [one.name, one]));
}

test('in a sound world every check is ok and says what it saw', async () => {
  const details = Object.values(await found({})).map(({ name, state, detail }) => `${state} ${name}: ${detail}`);
  expect(details).toEqual([
    'ok release of shop/web: canary: a release would take it',
    'ok Temporal: localhost:7233, namespace default',
    'ok worker: 2 workers polled the task queue sluice in the last 70 s; one that has stopped since is counted too',
    'ok Rollouts: 1 in shop',
    'ok TraefikServices: 2 in shop',
    'ok Traefik API: 1 replica: traefik/a',
    'ok MCP registry: 1 MCP server: shop',
    'ok MCP gateway: http://gateway: Sluice 0.1.0, 1 MCP server in force',
    'ok Helm: version 4.3',
    'ok notifications to team: last delivery 2026-11-29T00:00:00.000Z',
    'ok builds of the worker: worker versioning is off',
  ]);
});

test('a Rollout without a router needs a release with a metric of its own', async () => {
  const plan = { controllerOnly: true } as const;
  expect((await found({ trafficRouting: [], plan }))['release of shop/web']).toMatchObject({
    state: 'ok',
    detail: 'rolling: a release with a metric of its own would take it',
  });
});

test('a namespace without Rollouts is told where there are some', async () => {
  const next = (await found({ rollouts: [], rolloutsIn: ['web', 'pay', 'web'] }))['Rollouts']?.next;

  expect(next).toBe('There are Rollouts in pay, web: name a namespace with --namespace.');
});

test.each<[string, Partial<World>, string, string]>([
  ['no Rollout', { rollouts: [] }, 'Rollouts', 'shop has none'],
  ['no TraefikService', { routes: [] }, 'TraefikServices', 'shop has none'],
  ['no API of a replica configured', { replicas: [] }, 'Traefik API', 'not configured, so weights can never be proved'],
  [
    'a silent replica',
    { replicas: [{ replica: 'a' }, { replica: 'b', error: 'refused' }] },
    'Traefik API',
    'b: refused',
  ],
  [
    'a receiver of notifications that fails',
    { receivers: [receiver({ tries: 2, problem: 'answered 500' })] },
    'notifications to team',
    'waits after 2 failed tries, next 1970-01-01T00:00:00.000Z: answered 500',
  ],
  [
    'a receiver that wants no more messages',
    { receivers: [receiver({ gone: true, problem: 'answered 410' })] },
    'notifications to team',
    'stopped: the receiver wants no more messages (answered 410)',
  ],
  ['a silent MCP gateway', { gateways: [{ gateway: 'http://gateway', error: 'refused' }] }, 'MCP gateway', 'refused'],
  ['no MCP gateway named', { gateways: [] }, 'MCP gateway', 'none is named, so no traffic can be proved'],
  [
    'an MCP gateway of an older revision',
    { gateways: [inForce(3)] },
    'MCP gateway',
    'http://gateway: it has revision 3 of shop, the registry has 4',
  ],
  [
    'an MCP gateway of another registry',
    { gateways: [{ gateway: 'http://gateway', servers: [] }] },
    'MCP gateway',
    'http://gateway: it does not know shop',
  ],
  [
    'an unhealthy version of an MCP server',
    { gateways: [inForce(4, 'unhealthy')] },
    'MCP gateway',
    'http://gateway: shop 1.0.0 is unhealthy: it is silent',
  ],
  ['no worker', { pollers: 0 }, 'worker', 'no worker polled the task queue sluice in the last 70 s'],
])('%s is missing, with what to do', async (_, world, name, detail) => {
  const one = (await found(world))[name];
  expect(one).toMatchObject({ state: 'missing', detail });
  expect(one?.next).toMatch(/^[A-Z].*\.$/);
});

const TIMED = { name: 'steps', ok: false, detail: 'step 1 is a timed pause', next: 'Make it untimed.' };
const AWAY = { name: 'prometheus', ok: false, detail: 'it does not answer', next: 'Start it.' };

test('a Rollout that no release would take is named with what to change', async () => {
  expect((await found({ checks: [TIMED, AWAY] }))['release of shop/web']).toEqual({
    name: 'release of shop/web',
    state: 'missing',
    detail: 'steps: step 1 is a timed pause',
    next: 'Make it untimed.',
  });
});

test('a Prometheus that is away is no fault of a Rollout', async () => {
  expect((await found({ checks: [AWAY] }))['release of shop/web']).toMatchObject({ state: 'ok' });
});

test('a Rollout that a release holds is not judged, and of many Rollouts twenty are', async () => {
  const held = await found({ owner: 'release/kind/shop/web' });
  const many = await found({ rollouts: Array.from({ length: 23 }, (_, index) => `web-${index}`) });

  expect(held['release of shop/web']).toMatchObject({ state: 'skipped', detail: expect.stringContaining('holds it') });
  expect(many['more Rollouts']?.detail).toBe('3 more were not checked for a release');
});

test('without Temporal nothing is said of workers', async () => {
  const away = Object.fromEntries(Object.entries(GOOD).filter(([key]) => key !== 'pollers'));
  const services = servicesOf(away as unknown as World);
  const [check] = TOOLSETS.flatMap(({ checks }) => checks.ofProcess ?? []);
  expect(await check?.(services)).toMatchObject([
    { name: 'Temporal', state: 'missing', detail: 'Temporal at localhost:7233 does not answer.' },
    { name: 'worker', state: 'skipped' },
  ]);
});

test('without an MCP server no gateway is missed, and with an unreadable registry nothing is said of gateways', async () => {
  const none = await found({ servers: [], gateways: [{ gateway: 'http://gateway', error: 'refused' }] });
  expect(none['MCP registry']).toMatchObject({ state: 'ok', detail: 'no MCP server is registered' });
  expect(none['MCP gateway']).toMatchObject({ state: 'skipped', detail: 'no MCP server is registered' });

  const { servers: _, ...unreadable } = GOOD;
  const [registry, gateway] = (
    await Promise.all(
      TOOLSETS.flatMap(({ name, checks }) => (name === 'mcp-server' ? (checks.ofProcess ?? []) : [])).map((check) =>
        check(servicesOf(unreadable)),
      ),
    )
  ).flat();
  expect(registry).toMatchObject({ state: 'missing', detail: 'The file is not JSON.' });
  expect(gateway).toMatchObject({ state: 'skipped', detail: 'known only when the registry can be read' });
});

test('without the program helm everything else works, so it is no fault', async () => {
  const { helm: _, ...none } = GOOD;
  const services = servicesOf(none);
  const found = await Promise.all(
    TOOLSETS.flatMap(({ checks }) => (checks.ofProcess ?? []).map((check) => check(services))),
  );
  expect(found.flat().find(({ name }) => name === 'Helm')).toMatchObject({
    state: 'skipped',
    detail: 'There is no program helm on PATH.',
    next: expect.stringContaining('SLUICE_HELM'),
  });
});

const ON = { releaseUpdates: true };

test.each<[string, Partial<World>, { readonly name: string; readonly [field: string]: unknown }]>([
  [
    'an annotation without the setting',
    { updates: { wanted: 'true' } },
    { name: 'releases of updates', state: 'missing', detail: expect.stringContaining('no update starts a release') },
  ],
  [
    'the default fields',
    { updates: { wanted: 'true' }, settings: ON },
    { name: 'updates of shop/web', state: 'ok', detail: 'each starts a release with the default fields' },
  ],
  [
    'a Rollout that the default fields do not fit',
    {
      ...{ updates: { wanted: 'true' }, settings: ON },
      checks: [
        { name: 'strategy', ok: false, detail: 'the canary has no router', next: 'Set split.' },
        { name: 'health', ok: false, detail: 'Degraded', next: 'Wait.' },
      ],
    },
    {
      name: 'updates of shop/web',
      state: 'missing',
      detail: 'none starts a release with the default fields: the canary has no router',
      next: 'Set split.',
    },
  ],
  [
    'a namespace of the settings',
    { updates: {}, settings: { ...ON, releaseUpdatesNamespaces: ['shop'] } },
    { name: 'updates of shop/web', state: 'ok' },
  ],
  [
    'a good file',
    { updates: { wanted: 'true', file: 'fields' }, releaseFile: { guard: '5m' }, settings: ON },
    { name: 'updates of shop/web', state: 'ok', detail: 'each starts a release with the fields of ConfigMap fields' },
  ],
  [
    'a bad file',
    { updates: { wanted: 'true', file: 'fields' }, releaseFile: { guard: 'soon' }, settings: ON },
    { name: 'updates of shop/web', state: 'missing', detail: expect.stringContaining('guard: ') },
  ],
  [
    'a wrong annotation',
    { updates: { wanted: 'yes' }, settings: ON },
    { name: 'updates of shop/web', state: 'missing', next: 'Set it to "true" or "false".' },
  ],
])('updates that start releases: %s', async (_, world, finding) => {
  expect((await found(world))[finding.name]).toMatchObject(finding);
});

test('a Rollout whose updates start no release has no finding about it', async () => {
  const names = Object.keys(await found({ updates: { wanted: 'false' }, settings: ON }));
  expect(names.filter((name) => name.includes('update'))).toEqual([]);
});
