import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { ROLLOUT } from '../../../src/adapters/kubernetes/kinds.ts';
import type { RolloutUpdates } from '../../../src/ports/rollout-updates.ts';
import { createRolloutUpdates } from '../../../src/targets/argo-rollout/updates.ts';
import { createFakeWorld } from '../../support/fake-world.ts';
import { WatchedFeed } from '../../support/watched-feed.ts';

jest.setTimeout(30_000);

let scene: WatchedFeed;
const ends: (() => void)[] = [];
let told: string[] = [];

beforeEach(async () => {
  told = [];
  scene = new WatchedFeed();
  await scene.start();
});
afterEach(async () => {
  ends.splice(0).forEach((end) => end());
  await scene.stop();
});

function watch(namespaces: readonly string[] = []): void {
  const updates: RolloutUpdates = createRolloutUpdates(scene.clusters, namespaces);
  ends.push(
    updates.watch('test', {
      seen: ({ target, uid }) => void told.push(`${target.namespace}/${target.rollout} ${uid}`),
      gone: ({ namespace, rollout }) => void told.push(`gone ${namespace}/${rollout}`),
      away: () => void told.push('away'),
    }),
  );
}

const hears = (text: string) =>
  scene.until(
    () => told,
    (all) => all.includes(text),
  );

test('Rollouts that exist are told, then those that come, change and go', async () => {
  watch();
  await hears('shop/app uid-shop/app');
  await hears('other/app uid-other/app');
  await scene.until(
    () => scene.server.streams,
    (count) => count > 0,
  );
  scene.server.put('shop', 'new', 'new:v1');
  await hears('shop/new uid-shop/new');
  scene.server.remove('other', 'app');
  await hears('gone other/app');
});

test('with a list of namespaces only these are read', async () => {
  watch(['shop']);
  await hears('shop/app uid-shop/app');
  expect(told.filter((text) => text.startsWith('other'))).toEqual([]);
  expect(scene.server.log.every((line) => line.includes('shop'))).toBe(true);
});

test('an API server that is away at the beginning is asked again', async () => {
  scene.server.listStatus = 503;
  watch();
  await hears('away');
  scene.server.listStatus = 200;
  await hears('shop/app uid-shop/app');
});

test('what began while the connection was lost is told after it', async () => {
  watch();
  await scene.until(
    () => scene.server.streams,
    (count) => count > 0,
  );
  scene.server.listStatus = scene.server.watchStatus = 503;
  scene.server.breakStreams();
  scene.server.put('shop', 'meanwhile', 'new:v1');
  scene.server.listStatus = scene.server.watchStatus = 200;
  await hears('shop/meanwhile uid-shop/meanwhile');
});

test('the same notice of two workers is one event of the Rollout', async () => {
  const world = createFakeWorld();
  const { target, cluster } = world;
  const ref = { kind: ROLLOUT, namespace: target.namespace, name: target.rollout };
  const { uid } = cluster.peek(ref).metadata;
  const notice = {
    type: 'Warning',
    reason: 'ReleaseNotStarted',
    message: `token=abcdef\u001b[31m ${'x'.repeat(2_000)}`,
  } as const;
  for (const updates of [1, 2].map(() => createRolloutUpdates(world.clusters, [])))
    await updates.tell({ target, uid }, notice);
  await createRolloutUpdates(world.clusters, []).tell({ target, uid }, { ...notice, message: 'another' });
  world.stop();
  const events = cluster.listed('events', target.namespace) as unknown as readonly Record<string, unknown>[];
  expect(events).toHaveLength(2);
  expect(events[0]).toMatchObject({
    ...{ type: 'Warning', reason: 'ReleaseNotStarted' },
    involvedObject: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: target.rollout, uid },
  });
  const message = events[0]?.['message'] as string;
  expect([message.length, message.slice(0, 12)]).toEqual([1_000, 'token=*** xx']);
});
