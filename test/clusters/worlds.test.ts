import { beforeEach, expect, test } from '@jest/globals';
import type { Clusters } from '../../src/adapters/kubernetes/cluster-client.ts';
import { NAMESPACE } from '../../src/adapters/kubernetes/kinds.ts';
import { checkClusters } from '../../src/clusters/check.ts';
import { createWorlds } from '../../src/clusters/index.ts';
import type { ClusterEntry, Settings } from '../../src/config/schema.ts';
import { sameClusterOver, worldsOver } from '../../src/entry/ports.ts';
import { SluiceError } from '../../src/domain/errors.ts';
import type { Ports } from '../../src/ports/index.ts';
import { FakeCluster } from '../support/fake-cluster.ts';
import { settingsWith } from '../support/settings.ts';

/** Contexts, each with the cluster that it leads to: [address of the API server, UID of kube-system]. */
type Contexts = Record<string, readonly [server: string, uid: string]>;

let away: Set<string>;
let requests: string[];

beforeEach(() => {
  away = new Set();
  requests = [];
});

function clustersOf(contexts: Contexts): Clusters {
  return {
    contexts: () => Object.keys(contexts),
    currentContext: () => Object.keys(contexts)[0] ?? '',
    server: (name) => contexts[name]?.[0],
    client: (name) => {
      const [, uid] = contexts[name] ?? [];
      if (uid === undefined) throw new SluiceError('CLUSTER_UNKNOWN', `No kubeconfig context is named "${name}".`);
      const cluster = new FakeCluster(name);
      cluster.create({ kind: NAMESPACE, name: 'kube-system' }, {});
      cluster.get = async () => {
        requests.push(name);
        if (away.has(name)) throw new SluiceError('CLUSTER_UNREACHABLE', `The cluster ${name} does not answer.`);
        return { metadata: { uid } };
      };
      return cluster;
    },
  };
}

/** Ports that show from which settings they were made. */
const portsOf = ({ prometheusUrl }: { prometheusUrl?: string | undefined }) => ({ prometheusUrl }) as unknown as Ports;
const worldsOf = (contexts: Contexts, settings: Partial<Settings>) =>
  createWorlds({ clusters: clustersOf(contexts), settings: settingsWith(settings), ports: portsOf });
const entry = (prometheusUrl: string): ClusterEntry => ({ settings: { ...settingsWith(), prometheusUrl } });

const STAGING = 'http://staging:9090';
const TWO: Contexts = { staging: ['https://s', 'uid-s'], prod: ['https://p', 'uid-p'] };

test('one cluster needs no entry: the settings that name no cluster are its own', async () => {
  const worlds = worldsOf({ only: ['https://s', 'uid-s'] }, { prometheusUrl: STAGING });
  expect(await worlds.of('only')).toMatchObject({
    cluster: { context: 'only', uid: 'uid-s' },
    prometheusUrl: STAGING,
  });
});

test('several contexts of one API server are one cluster', async () => {
  const worlds = worldsOf({ ada: ['https://s', 'uid-s'], ben: ['https://s', 'uid-s'] }, { prometheusUrl: STAGING });
  expect(await worlds.of('ben')).toMatchObject({ cluster: { uid: 'uid-s' }, prometheusUrl: STAGING });
});

test.each(['staging', 'prod'])(
  'with two clusters a Prometheus that names neither is refused, also for the current context: %s',
  async (context) => {
    await expect(worldsOf(TWO, { prometheusUrl: STAGING }).of(context)).rejects.toMatchObject({
      code: 'CLUSTER_UNCONFIGURED',
      message: expect.stringContaining('SLUICE_PROMETHEUS_URL'),
      next: expect.stringContaining(`SLUICE_CLUSTER=${context}`),
    });
  },
);

test('SLUICE_CLUSTER says whose the settings are; the other cluster has none', async () => {
  const worlds = worldsOf(TWO, { prometheusUrl: STAGING, cluster: 'staging' });
  expect(await worlds.of('staging')).toMatchObject({ prometheusUrl: STAGING });
  await expect(worlds.of('prod')).rejects.toMatchObject({
    code: 'CLUSTER_UNCONFIGURED',
    next: expect.stringContaining('clusters.prod'),
  });
});

test('without any setting of a cluster there is nothing to mix up', async () => {
  expect(await worldsOf(TWO, {}).of('prod')).toMatchObject({ cluster: { uid: 'uid-p' } });
});

test('each cluster has its own entry, which also serves another name of the cluster', async () => {
  const worlds = worldsOf(
    { ...TWO, 'prod-vpn': ['https://p-vpn', 'uid-p'] },
    { clusters: { staging: entry(STAGING), prod: entry('http://prod:9090') } },
  );
  expect(await worlds.of('staging')).toMatchObject({ prometheusUrl: STAGING });
  expect(await worlds.of('prod')).toMatchObject({ prometheusUrl: 'http://prod:9090' });
  expect(await worlds.of('prod-vpn')).toMatchObject({
    cluster: { context: 'prod-vpn', uid: 'uid-p' },
    prometheusUrl: 'http://prod:9090',
  });
});

test('two entries of one cluster are refused with both paths; the other clusters work', async () => {
  const contexts: Contexts = { ...TWO, again: ['https://p2', 'uid-p'] };
  const clusters = { staging: entry(STAGING), prod: entry('http://a'), again: entry('http://b') };
  const worlds = worldsOf(contexts, { clusters });
  for (const context of ['prod', 'again'])
    await expect(worlds.of(context)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('clusters.prod and clusters.again'),
      next: expect.stringContaining('Keep one'),
    });
  expect(await worlds.of('staging')).toMatchObject({ prometheusUrl: STAGING });
  expect(await checkClusters(clustersOf(contexts), settingsWith({ clusters }))).toMatchObject([
    { detail: expect.stringContaining('clusters.prod and clusters.again') },
  ]);
});

test('a cluster that is away or wrongly described harms no other one, and is not asked at every call', async () => {
  const clusters = { staging: entry(STAGING), prod: { problems: ['clusters.prod.prometeus_url is not a setting'] } };
  const worlds = worldsOf(
    { ...TWO, away: ['https://a', 'uid-a'] },
    { clusters: { ...clusters, away: entry('http://a') } },
  );
  away.add('away');
  for (const _ of [1, 2, 3]) expect(await worlds.of('staging')).toMatchObject({ prometheusUrl: STAGING });
  expect(requests.filter((name) => name === 'away')).toHaveLength(1);
  await expect(worlds.of('away')).rejects.toMatchObject({ code: 'CLUSTER_UNREACHABLE' });
  await expect(worlds.of('prod')).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringContaining('clusters.prod.prometeus_url'),
  });
});

test('the check at start names every entry with a problem, by its path', async () => {
  away.add('prod');
  const clusters = {
    staging: { problems: ['clusters.staging.prometeus_url is not a setting of a cluster'] },
    prod: entry('http://prod'),
    prd: entry('http://prd'),
  };
  const found = await checkClusters(clustersOf(TWO), settingsWith({ clusters }));
  expect(found.map(({ context, detail }) => [context, detail])).toEqual([
    ['staging', expect.stringContaining('clusters.staging.prometeus_url')],
    ['prod', expect.stringContaining('does not answer')],
    ['prd', expect.stringContaining('clusters.prd: No kubeconfig context')],
  ]);
});

test('a context that leads to another cluster than the release was started for is refused with both identities', async () => {
  const worlds = worldsOf({ default: ['https://s', 'uid-laptop'] }, {});
  await expect(worlds.of('default', 'uid-company')).rejects.toMatchObject({
    code: 'CLUSTER_MISMATCH',
    message: expect.stringMatching(/uid-company.*uid-laptop/),
  });
  expect(await worlds.of('default', 'uid-laptop')).toMatchObject({ cluster: { uid: 'uid-laptop' } });
});

test('the identity is read at each call: a context may come to lead elsewhere', async () => {
  const contexts: Record<string, readonly [string, string]> = { kind: ['https://s', 'uid-1'] };
  const worlds = worldsOf(contexts, {});
  const first = await worlds.of('kind');
  expect(await worlds.of('kind')).toBe(first);
  contexts['kind'] = ['https://s', 'uid-2'];
  expect((await worlds.of('kind')).cluster.uid).toBe('uid-2');
  await expect(worlds.of('kind', 'uid-1')).rejects.toMatchObject({ code: 'CLUSTER_MISMATCH' });
});

test('a release gets the implementations that it names, and the first ones where it names none', async () => {
  const made: object[] = [];
  const worlds = createWorlds({
    clusters: clustersOf({ kind: ['https://s', 'uid-1'] }),
    settings: settingsWith({}),
    ports: (_, kinds) => ({ made: made.push(kinds) }) as unknown as Ports,
  });
  const first = await worlds.of('kind');
  const other = await worlds.of('kind', 'uid-1', { split: 'mesh' });
  expect(other).not.toBe(first);
  expect(await worlds.of('kind', 'uid-1', { split: 'mesh' })).toBe(other);
  expect(await worlds.of('kind', 'uid-1')).toBe(first);
  expect(made).toEqual([{}, { split: 'mesh' }]);
});

test.each([
  [{ targetKind: 'argo-rollout', split: 'traefik' }, undefined],
  [{ targetKind: 'absent' }, 'No kind of target is named "absent". Known: argo-rollout'],
  [{ split: 'absent' }, 'No split is named "absent". Known: traefik'],
])('the real world of %j', async (kinds, problem) => {
  const worlds = worldsOver(clustersOf({ kind: ['https://s', 'uid-1'] }), settingsWith({}));
  const world = worlds.of('kind', undefined, kinds);
  if (problem === undefined) expect(await world).toMatchObject({ cluster: { uid: 'uid-1' } });
  else await expect(world).rejects.toMatchObject({ code: 'KIND_UNKNOWN', message: expect.stringContaining(problem) });
});

test('the names of one cluster are found by its identity; one that is away is left out', async () => {
  const contexts: Contexts = { ...TWO, 'prod-vpn': ['https://vpn', 'uid-p'], away: ['https://a', 'uid-p'] };
  away.add('away');
  const same = sameClusterOver(clustersOf(contexts));
  expect(await same('prod')).toEqual(['prod', 'prod-vpn']);
  expect(await same('staging')).toEqual(['staging']);
  expect(await same('of the past')).toEqual(['of the past']);
});
