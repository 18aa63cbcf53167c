import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
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

const listsMade = () => server.log.filter((line) => line.startsWith('list')).length;
const watchesMade = () => server.log.filter((line) => line.startsWith('watch'));

describe('where a list comes from', () => {
  test('first from the API server, then from a watch', async () => {
    expect(await scene.list()).toMatchObject({ source: 'live', ageMs: 0, resourceVersion: '2' });

    const listing = await scene.cached();

    expect(images(listing)).toEqual(['other:v1', 'app:v1']);
    expect(listing.resourceVersion).toBe('2');
    expect(listing.ageMs).toBeGreaterThanOrEqual(0);
    const before = listsMade();
    await scene.list({ namespace: 'shop' });
    expect(listsMade()).toBe(before);
  });

  test('of one namespace when asked for one', async () => {
    await scene.cached();

    expect(images(await scene.list({ namespace: 'shop' }))).toEqual(['app:v1']);
  });

  test('an empty one is told from a namespace that is not there, from the watch and without', async () => {
    const empty = { namespace: 'empty' };
    for (const begin of [
      async () => scene.open({ cached: false }),
      async () => scene.open(),
      async () => scene.cached(),
    ]) {
      await begin();
      await expect(scene.list(empty)).rejects.toMatchObject({
        code: 'NAMESPACE_NOT_FOUND',
        message: 'Cluster "test" has no namespace "empty".',
      });
    }
    for (const status of [200, 403]) {
      server.namespaces['empty'] = status;
      expect((await scene.list(empty)).items).toEqual([]);
    }
  });

  test('fresh ones from the API server', async () => {
    await scene.cached();

    expect(await scene.list({ fresh: true })).toMatchObject({ source: 'live', ageMs: 0 });
  });

  test('all from the API server in a process that does not serve', async () => {
    scene.open({ cached: false });

    for (let time = 0; time < 3; time += 1) expect((await scene.list()).source).toBe('live');
    expect(watchesMade()).toEqual([]);
  });

  test('only permitted namespaces are watched', async () => {
    scene.open({ namespaces: ['shop'] });

    expect(images(await scene.cached({ namespace: 'shop' }))).toEqual(['app:v1']);
    expect((await scene.list()).source).toBe('live');
    expect((await scene.list({ namespace: 'other' })).source).toBe('live');
    expect(watchesMade()).toEqual(['watch shop from 2']);
  });
});

describe('changes', () => {
  test('reach the list and the listeners, until they stop', async () => {
    const end = await scene.listen();
    server.put('shop', 'app', 'app:v2');
    server.put('shop', 'new', 'new:v1');
    server.remove('other', 'app');

    await scene.until(
      () => scene.changed,
      ({ length }) => length === 3,
    );
    expect(scene.changed).toEqual(['shop/app', 'shop/new', 'other/app']);
    expect(images(await scene.cached())).toEqual(['app:v2', 'new:v1']);

    end();
    server.put('shop', 'app', 'app:v3');
    await scene.until(
      () => scene.list(),
      (listing) => images(listing)[0] === 'app:v3',
    );
    expect(scene.changed).toHaveLength(3);
  });

  test('come through in whatever pieces the network makes', async () => {
    await scene.listen();
    const line = Buffer.from(
      JSON.stringify({
        type: 'MODIFIED',
        object: { metadata: { namespace: 'shop', name: 'zürich', resourceVersion: '9', generation: 1 }, spec: {} },
      }),
    );
    for (const byte of line) server.send(Buffer.from([byte]));
    server.send('\n\n');

    await scene.until(
      () => scene.changed,
      ({ length }) => length === 1,
    );
    expect(scene.changed).toEqual(['shop/zürich']);
  });

  test('a listener that throws harms nobody', async () => {
    await scene.feed.watch('test', () => {
      throw new Error('listener');
    });
    await scene.listen();
    server.put('shop', 'app', 'app:v2');

    await scene.until(
      () => scene.changed,
      ({ length }) => length === 1,
    );
    expect(images(await scene.cached())).toContain('app:v2');
  });

  test('an object of odd form is left out, and its deletion is told', async () => {
    await scene.listen();
    const odd = { metadata: { namespace: 'shop', name: 'odd', resourceVersion: '7' }, spec: 'none' };
    for (const type of ['ADDED', 'DELETED']) server.send(`${JSON.stringify({ type, object: odd })}\n`);

    await scene.until(
      () => scene.changed,
      ({ length }) => length === 2,
    );
    expect((await scene.cached()).items).toHaveLength(2);
  });
});

describe('when the watch fails', () => {
  const failures: Readonly<Record<string, () => void>> = {
    'the connection breaks': () => server.breakStreams(),
    'the version is too old, said as an event': () =>
      server.send(`${JSON.stringify({ type: 'ERROR', object: { kind: 'Status', code: 410 } })}\n`),
    'something comes that is no event': () => server.send('<html>\n'),
    'the stream ends within a line': () => {
      server.send('{"type":"ADDED","obj');
      server.endStreams();
    },
  };

  test.each(Object.entries(failures))('%s: lists anew, and tells what was missed', async (_, fail) => {
    await scene.listen();
    const lists = listsMade();
    server.held = true;
    server.put('shop', 'app', 'app:v2');
    server.remove('other', 'app');
    fail();

    await scene.until(
      () => scene.changed,
      ({ length }) => length === 2,
    );
    expect(scene.changed).toEqual(['shop/app', 'other/app']);
    expect(listsMade()).toBe(lists + 1);
    expect(images(await scene.cached())).toEqual(['app:v2']);
  });

  test('the server refuses the version (410): lists anew', async () => {
    server.watchStatus = 410;
    await scene.list();
    await scene.until(
      () => watchesMade().length,
      (count) => count >= 2,
    );
    server.watchStatus = 200;

    expect((await scene.cached()).items).toHaveLength(2);
  });

  test('meanwhile lists are live', async () => {
    await scene.listen();
    server.watchStatus = 500;
    server.breakStreams();
    await scene.until(
      () => server.streams,
      (count) => count === 0,
    );
    await scene.until(
      () => scene.list(),
      ({ source }) => source === 'live',
    );
    server.put('shop', 'app', 'app:v2');

    const listing = await scene.list();
    expect({ source: listing.source, ageMs: listing.ageMs, images: images(listing) }).toEqual({
      source: 'live',
      ageMs: 0,
      images: ['other:v1', 'app:v2'],
    });
    server.watchStatus = 200;
    expect(images(await scene.cached())).toContain('app:v2');
  });

  test('a silent server is not believed, and left', async () => {
    scene.open({ silentMs: 60 });
    await scene.listen();
    const first = watchesMade().length;

    await scene.until(
      () => watchesMade().length,
      (count) => count >= first + 2,
    );
    expect(images(await scene.cached())).toEqual(['other:v1', 'app:v1']);
  });

  test('bookmarks keep it young, and a stream that ends goes on from the last', async () => {
    await scene.listen();
    server.otherWrites(40);
    server.bookmark();
    await scene.until(
      () => scene.cached(),
      ({ resourceVersion }) => resourceVersion === '42',
    );
    const lists = listsMade();
    // Sooner than this, an end is taken for a failure.
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    server.endStreams();

    await scene.until(
      () => watchesMade(),
      (all) => all.includes('watch * from 42'),
    );
    expect(listsMade()).toBe(lists);
    expect((await scene.cached()).ageMs).toBeGreaterThan(1_000);
  });

  test('one that cannot begin says why, and is not kept', async () => {
    server.listStatus = 403;
    await expect(scene.listen()).rejects.toMatchObject({ code: 'FORBIDDEN' });
    await expect(scene.list()).rejects.toMatchObject({ code: 'FORBIDDEN' });
    server.listStatus = 200;

    await scene.listen();
    server.put('shop', 'app', 'app:v2');
    await scene.until(
      () => scene.changed,
      ({ length }) => length === 1,
    );
  });

  test('a cluster that nobody knows is refused', async () => {
    await expect(scene.feed.list({ cluster: 'tset' })).rejects.toMatchObject({ code: 'CLUSTER_UNKNOWN' });
    await expect(scene.feed.watch('tset', () => undefined)).rejects.toMatchObject({ code: 'CLUSTER_UNKNOWN' });
  });
});

describe('the end of a watch', () => {
  test('comes when nobody has used it for a while', async () => {
    scene.open({ idleMs: 50 });
    await scene.cached();

    await scene.until(
      () => server.streams,
      (count) => count === 0,
    );
    expect((await scene.list()).source).toBe('live');
  });

  test('does not come while somebody listens', async () => {
    scene.open({ idleMs: 30 });
    await scene.listen();
    await new Promise((resolve) => setTimeout(resolve, 120));
    server.put('shop', 'app', 'app:v2');

    await scene.until(
      () => scene.changed,
      ({ length }) => length === 1,
    );
  });

  test('comes with close', async () => {
    await scene.cached();
    await scene.feed.close();

    await scene.until(
      () => server.streams,
      (count) => count === 0,
    );
  });
});
