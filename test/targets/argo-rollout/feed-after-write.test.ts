import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { ROLLOUT } from '../../../src/adapters/kubernetes/kinds.ts';
import { images, WatchedFeed } from '../../support/watched-feed.ts';
import type { WatchServer } from '../../support/watch-server.ts';

let scene: WatchedFeed;
let server: WatchServer;

beforeEach(async () => {
  scene = new WatchedFeed();
  server = scene.server;
  await scene.start();
});

afterEach(() => scene.stop());

const APP = { kind: ROLLOUT, namespace: 'shop', name: 'app' };

describe('a read after a write', () => {
  const setImage = (image: string, context = 'test') =>
    scene.clusters.client(context).mergePatch(APP, { spec: { image } });

  test('is live until the watch has seen the write', async () => {
    await scene.cached();
    server.held = true;
    await setImage('app:v2');

    expect(await scene.list({ namespace: 'shop' })).toMatchObject({
      source: 'live',
      items: [{ images: { app: 'app:v2' } }],
    });
    expect((await scene.list()).source).toBe('live');
    expect((await scene.list({ namespace: 'other' })).source).toBe('cache');
    server.release();
    expect(images(await scene.cached({ namespace: 'shop' }))).toEqual(['app:v2']);
  });

  test('also when it was written under another name of the cluster', async () => {
    await scene.cached();
    server.held = true;
    await setImage('app:v2', 'alias');

    expect(images(await scene.list({ namespace: 'shop' }))).toEqual(['app:v2']);
  });

  test('shows a deletion, whose version the server does not tell', async () => {
    await scene.cached();
    server.held = true;
    await scene.clusters.client('test').remove(APP, { uid: 'uid-shop/app' });

    expect(await scene.list({ namespace: 'shop' })).toMatchObject({ source: 'live', items: [] });
    expect(await scene.list({ namespace: 'shop' })).toMatchObject({ source: 'live', items: [] });
    server.release();
    expect((await scene.cached({ namespace: 'shop' })).items).toEqual([]);
  });

  test('shows a write whose answer was lost', async () => {
    await scene.cached();
    server.held = true;
    server.loseAnswers = true;
    await expect(setImage('app:v2')).rejects.toMatchObject({ code: 'CLUSTER_UNREACHABLE' });

    expect(await scene.list({ namespace: 'shop' })).toMatchObject({
      source: 'live',
      items: [{ images: { app: 'app:v2' } }],
    });
    server.release();
    expect(images(await scene.cached({ namespace: 'shop' }))).toEqual(['app:v2']);
  });

  test('is right every time, whenever the event comes', async () => {
    await scene.cached();
    for (let round = 0; round < 200; round += 1) {
      server.held = round % 3 === 0;
      await setImage(`app:${round}`);
      if (round % 2 === 0) server.release();
      expect(images(await scene.list({ namespace: 'shop' }))).toEqual([`app:${round}`]);
      server.release();
    }
    expect((await scene.cached({ namespace: 'shop' })).resourceVersion).toBe(server.version);
  });
});
