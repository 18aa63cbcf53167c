import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { Sandbox } from '../../sandbox/index.ts';
import { createRolloutFeed } from '../../src/targets/argo-rollout/feed.ts';
import { createClusters } from '../../src/adapters/kubernetes/index.ts';
import type { ClusterClient, Clusters } from '../../src/adapters/kubernetes/index.ts';
import { NAMESPACE, ROLLOUT } from '../../src/adapters/kubernetes/kinds.ts';
import type { RolloutFeed } from '../../src/ports/rollout-feed.ts';
import { sharedSandbox } from '../support/sandbox.ts';

jest.setTimeout(300_000);

const RUN = Date.now().toString(36).slice(-5);
const HOME = `bench-feed-${RUN}`;
const MANAGER = { fieldManager: 'sluice' };

let sandbox: Sandbox;
let clusters: Clusters;
let client: ClusterClient;
let feed: RolloutFeed;

beforeAll(async () => {
  sandbox = await sharedSandbox();
  clusters = createClusters({ kubeconfig: sandbox.kubeconfig });
  client = clusters.client(sandbox.context);
  await client.apply(
    { kind: NAMESPACE, name: HOME },
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: HOME } },
    MANAGER,
  );
  feed = createRolloutFeed(clusters, { cached: true });
}, 900_000);

afterAll(async () => {
  await feed.close();
  for (const item of await client.list(ROLLOUT, HOME))
    await remove((item as { metadata: { name: string } }).metadata.name);
  const home = (await client.get({ kind: NAMESPACE, name: HOME })) as { metadata: { uid: string } };
  await client.remove({ kind: NAMESPACE, name: HOME }, { uid: home.metadata.uid });
});

test('a namespace that is not there is no empty list', async () => {
  const missing = { cluster: sandbox.context, namespace: `${HOME}-missing` };
  for (const fresh of [true, false])
    await expect(feed.list({ ...missing, fresh })).rejects.toMatchObject({
      code: 'NAMESPACE_NOT_FOUND',
      message: `Cluster "${sandbox.context}" has no namespace "${HOME}-missing".`,
    });
});

const ref = (name: string) => ({ kind: ROLLOUT, namespace: HOME, name });
const list = async () => {
  const listing = await feed.list({ cluster: sandbox.context, namespace: HOME });
  return {
    ...listing,
    images: Object.fromEntries(listing.items.map((item) => [item.target.rollout, item.images['app']])),
  };
};

/** Without replicas: nothing starts. */
async function apply(name: string, image: string): Promise<void> {
  const labels = { app: name };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'app', image }] } };
  const spec = { replicas: 0, selector: { matchLabels: labels }, template, strategy: { canary: {} } };
  await client.apply(
    ref(name),
    { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', metadata: { name, namespace: HOME }, spec },
    MANAGER,
  );
}

async function remove(name: string): Promise<void> {
  const { metadata } = (await client.get(ref(name))) as { metadata: { uid: string } };
  await client.remove(ref(name), { uid: metadata.uid });
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 10_000; !(await holds()); await new Promise((resolve) => setTimeout(resolve, 5))) {
    if (Date.now() > end) throw new Error('it did not come in 10 s');
  }
}

test('what is made, changed and removed is told, and the list shows it', async () => {
  const told = new Set<string>();
  const end = await feed.watch(sandbox.context, ({ namespace, rollout }) => namespace === HOME && told.add(rollout));

  await apply('told', 'app:v1');
  await until(() => told.delete('told'));
  expect((await list()).images).toEqual({ told: 'app:v1' });

  await apply('told', 'app:v2');
  await until(async () => told.has('told') && (await list()).source === 'cache');
  expect((await list()).images).toEqual({ told: 'app:v2' });

  await until(async () => (await list()).items[0]?.observed === true);
  told.clear();
  await remove('told');
  expect((await list()).images).toEqual({});
  await until(() => told.has('told'));
  end();
});

test('a list right after a write shows it, every time, and so does the next from the watch', async () => {
  await until(async () => (await list()).source === 'cache');
  const sources = { cache: 0, live: 0 };
  for (let round = 0; round < 100; round += 1) {
    const name = `after-${round % 4}`;
    if (round % 10 === 9) await remove(name);
    else await apply(name, `app:${round}`);
    const { images, source } = await list();
    sources[source] += 1;
    expect(images[name]).toBe(round % 10 === 9 ? undefined : `app:${round}`);
  }
  expect(sources.cache + sources.live).toBe(100);
  await until(async () => (await list()).source === 'cache');
  expect((await list()).images['after-2']).toBe('app:98');
});
