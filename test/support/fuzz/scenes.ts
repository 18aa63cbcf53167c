import {
  ANALYSIS_TEMPLATE,
  INGRESS_ROUTE,
  ROLLOUT,
  SERVICE,
  TRAEFIK_SERVICE,
  type ObjectRef,
} from '../../../src/adapters/kubernetes/kinds.ts';
import type { CommandServices } from '../../../src/commands/command.ts';
import type { ReleaseView } from '../../../src/domain/release/view.ts';
import type { ReleaseGateway } from '../../../src/temporal/gateway.ts';
import { aView, AT, createFakeGateway, type FakeGateway } from '../fake-gateway.ts';
import { worldServices } from '../fake-tools.ts';
import { createFakeWorld, type FakeWorld } from '../fake-world.ts';
import { netOf, WatchedClusters } from './watched-clusters.ts';
import type { Names } from './words.ts';

const TARGET = { cluster: 'prod', namespace: 'shop', rollout: 'web' };
/** The names of the tools' examples. */
export const NAMES: Names = {
  ...TARGET,
  services: ['web-stable', 'web-canary', 'web-active', 'web-preview', 'api-stable', 'api-canary'],
  templates: ['success-ratio'],
  freeRoutes: ['api'],
};

/** Measured by the clock, which may run faster. */
const BRING_MS = 300_000;

/** States of a Rollout and its route in which a tool is called. */
export const SCENES = [
  'canary at rest',
  'canary under way',
  'canary aborted',
  'canary paused by hand',
  'blue-green at rest',
  'blue-green under way',
  'owned by a release',
  'left by a terminated run',
  'replica silent',
] as const;
export type SceneName = (typeof SCENES)[number];

export interface Scene {
  readonly world: FakeWorld;
  readonly clusters: WatchedClusters;
  readonly gateway: FakeGateway;
  readonly services: CommandServices;
  /** All writes to the cluster and commands to releases so far, as text. */
  written(): string[];
}

/** A separate world for one call. */
export async function createScene(name: SceneName): Promise<Scene> {
  const world = createFakeWorld({ target: TARGET, strategy: name.startsWith('blue-green') ? 'blue-green' : 'canary' });
  for (const name of [TARGET.rollout, 'api']) addRule(world, name);
  addFreeRoute(world);
  world.cluster.create(
    { kind: ANALYSIS_TEMPLATE, namespace: TARGET.namespace, name: 'success-ratio' },
    { spec: { metrics: [{ name: 'ratio', provider: { prometheus: { address: 'http://p', query: 'up' } } }] } },
  );
  await bringInto(world, name);
  const clusters = new WatchedClusters(world.clusters, {
    exists: (ref) => exists(world, ref),
    fail: (count, code, afterwards) => world.cluster.fail(count, code, afterwards),
  });
  const gateway = createFakeGateway(releasesOf(name));
  const services = worldServices(
    { target: world.target, metrics: world.metrics, now: () => world.now(), clusters },
    restless(gateway),
  );
  const written = () => [
    ...netOf(clusters.writes).map(({ verb, object }) => `${verb} ${object}`),
    ...gateway.sent.map(({ command }) => `sent ${command.name}`),
    ...gateway.started.map(() => 'started a release'),
  ];
  return { world, clusters, gateway, services, written };
}

function releasesOf(name: SceneName): readonly ReleaseView[] {
  if (name.endsWith('at rest')) return [];
  if (name === 'left by a terminated run')
    return [aView({ state: 'failed-needs-human', reason: 'terminated in Temporal', closedAt: AT })];
  return [aView()];
}

function exists(world: FakeWorld, ref: ObjectRef): boolean {
  try {
    return world.cluster.peek(ref) !== undefined;
  } catch {
    return false;
  }
}

function addRule(world: FakeWorld, name: string): void {
  const rule = { kind: 'Rule', match: `Host(\`${name}.example.com\`)`, services: [{ kind: 'TraefikService', name }] };
  world.cluster.create({ kind: INGRESS_ROUTE, namespace: TARGET.namespace, name }, { spec: { routes: [rule] } });
}

/** A weighted route without a Rollout that writes it, and without traffic. */
function addFreeRoute(world: FakeWorld): void {
  const { namespace } = TARGET;
  const names = ['api-stable', 'api-canary'];
  for (const name of names)
    world.cluster.create(
      { kind: SERVICE, namespace, name },
      { spec: { selector: { app: 'api' }, ports: [{ port: 8080 }] } },
    );
  const services = names.map((name, index) => ({ name, port: 8080, weight: index === 0 ? 100 : 0 }));
  world.cluster.create({ kind: TRAEFIK_SERVICE, namespace, name: 'api' }, { spec: { weighted: { services } } });
  world.traefik.follow(world.cluster, namespace, 'api', true);
}

async function bringInto(world: FakeWorld, name: SceneName): Promise<void> {
  if (name.endsWith('under way') || name === 'canary aborted') {
    world.foreignImage('web:v2');
    await world.until(({ paused, podHash, stableHash }) => paused && podHash !== stableHash, BRING_MS);
  }
  if (name === 'canary aborted') {
    world.cluster.update(
      { kind: ROLLOUT, namespace: TARGET.namespace, name: TARGET.rollout },
      ({ status }) => void (status['abort'] = true),
    );
    await world.until(({ aborted, weight, phase }) => aborted && weight === 0 && phase === 'Degraded', BRING_MS);
  }
  if (name === 'canary paused by hand') world.pauseByHand(true);
  if (name === 'replica silent') world.silenceReplica('traefik-2', true);
  if (name === 'owned by a release' || name === 'left by a terminated run') {
    const owner = { releaseId: 'release/prod/shop/web', runId: 'run-1' };
    world.foreignOwner('rollout', owner);
    world.foreignOwner('traffic', owner);
  }
}

/** A release has changed at each read, so that no call waits for a change. */
function restless(gateway: FakeGateway): ReleaseGateway {
  let at = AT;
  return {
    ...gateway,
    get: async (id) => ({
      ...(await gateway.get(id)),
      events: [{ at: (at += 1), state: 'soaking', text: 'still soaking' }],
    }),
  };
}
