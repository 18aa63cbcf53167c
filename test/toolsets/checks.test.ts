import { expect, test } from '@jest/globals';
import type { CheckServices, Finding } from '../../src/commands/doctor-check.ts';
import { SluiceError } from '../../src/domain/errors.ts';
import type { Preflight } from '../../src/domain/release/plan.ts';
import { DEFAULTS } from '../support/fake-gateway.ts';
import { TOOLSETS } from '../../src/toolsets/index.ts';

const PLACE = { cluster: 'kind', namespace: 'shop' };

interface World {
  readonly rollouts: readonly string[];
  /** Of the plan of any release. */
  readonly checks?: Preflight['checks'];
  /** The release that holds every Rollout. */
  readonly owner?: string;
  readonly routes: readonly string[];
  readonly replicas: readonly { readonly replica: string; readonly error?: string }[];
  /** Absent: Temporal is away. */
  readonly pollers?: number;
}

const GOOD: World = { rollouts: ['web'], routes: ['web', 'api'], replicas: [{ replica: 'traefik/a' }], pollers: 2 };

function servicesOf({ rollouts, routes, replicas, pollers, checks = [], owner }: World): CheckServices {
  const view = (rollout: string) => ({
    target: { ...PLACE, rollout },
    strategy: 'canary',
    images: { app: 'shop:v1' },
    ...(owner && { owner: { releaseId: owner } }),
  });
  const away = new SluiceError('TEMPORAL_UNREACHABLE', 'Temporal at localhost:7233 does not answer.');
  return {
    gateway: {
      probe: () =>
        pollers === undefined
          ? Promise.reject(away)
          : Promise.resolve({ address: 'localhost:7233', namespace: 'default', taskQueue: 'sluice', pollers }),
    },
    ports: {
      rolloutObjects: { list: () => Promise.resolve(rollouts.map(view)) },
      routes: { names: () => Promise.resolve(routes), replicas: () => Promise.resolve(replicas) },
    },
    preflight: () => Promise.resolve({ checks }),
    settings: DEFAULTS,
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
    'ok worker: 2 workers polled the task queue sluice in the last 70 s',
    'ok Rollouts: 1 in shop',
    'ok TraefikServices: 2 in shop',
    'ok Traefik API: 1 replica: traefik/a',
  ]);
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
