import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

import { clientOf } from '../../sandbox/apps/applications.ts';
import {
  applyApplication,
  loadStats,
  removeApplication,
  resetLoadStats,
  sandboxLogs,
  sandboxStatus,
  sandboxUp,
  setLoad,
  startPart,
  stopPart,
} from '../../sandbox/index.ts';
import type { Sandbox } from '../../sandbox/index.ts';
import { apiClient } from '../../sandbox/parts/answers.ts';
import { readState } from '../../sandbox/processes/state.ts';
import { createHome, START_MS, until, versionServed } from './living.ts';

const place = createHome();
const options = {
  name: 'living',
  home: place.home,
  rps: 100,
  applications: [{ name: 'shop', strategy: 'canary' as const, steps: [20, 60] }],
};
let sandbox: Sandbox;

beforeAll(async () => {
  sandbox = await sandboxUp(options);
}, START_MS);

afterAll(async () => {
  expect(await place.clear('living')).toEqual([]);
});

interface Rollout {
  metadata: { name: string };
  status: {
    phase?: string;
    currentStepIndex?: number;
    stableRS?: string;
    currentPodHash?: string;
    pauseConditions?: unknown[];
  };
}

const path = (name: string): string => `/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/${name}`;
const read = (name: string): Promise<Rollout> => clientOf(sandbox).get<Rollout>(path(name));

async function setImage(name: string, image: string): Promise<void> {
  await clientOf(sandbox).patch(path(name), {
    spec: { template: { spec: { containers: [{ name: 'app', image, ports: [{ containerPort: 8080 }] }] } } },
  });
}

async function untilPausedAt(name: string, step: number): Promise<void> {
  await until(`${name} pauses at step ${step}`, async () => {
    const { status } = await read(name);
    return status.currentStepIndex === step && (status.pauseConditions?.length ?? 0) > 0;
  });
}

async function promote(name: string): Promise<void> {
  await clientOf(sandbox).patch(`${path(name)}/status`, { status: { pauseConditions: null } });
}

const pods = (app: string) =>
  clientOf(sandbox).get<{
    items: {
      spec: { containers: { image: string }[] };
      status: { containerStatuses?: { state: { waiting?: { reason: string } } }[] };
    }[];
  }>(`/api/v1/namespaces/shop/pods?labelSelector=app%3D${app}`);

test('up again finds what runs and changes nothing', async () => {
  const before = await sandboxStatus({ name: 'living', home: place.home });
  const again = await sandboxUp(options);

  const pidsOf = (status: typeof before): number[] => status.parts.map((part) => part.pid);
  expect(again).toEqual(sandbox);
  expect(pidsOf(await sandboxStatus({ name: 'living', home: place.home }))).toEqual(pidsOf(before));
});

test('a canary goes all the way under load and no request fails', async () => {
  await resetLoadStats(sandbox);
  await setImage('shop', 'shop:v2');
  await untilPausedAt('shop', 1);
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  await promote('shop');
  await untilPausedAt('shop', 3);
  await promote('shop');
  await until(
    'only v2 answers',
    async () => Date.now() - ((await loadStats(sandbox, 'shop')).apps['shop']?.versions['v1']?.lastAt ?? 0) > 1_000,
  );

  const { versions, connectionErrors, failures } = (await loadStats(sandbox, 'shop')).apps['shop']!;
  expect(connectionErrors).toBe(0);
  expect(failures).toEqual([]);
  expect(Object.keys(versions).sort()).toEqual(['v1', 'v2']);
}, 60_000);

describe('what image tags ask for', () => {
  test('errors and latency are those of the new version alone', async () => {
    await until('healthy', async () => (await read('shop')).status.phase === 'Healthy');
    await setImage('shop', 'shop:v3-errors-100-slow-40');
    await untilPausedAt('shop', 1);
    await resetLoadStats(sandbox);
    await until(
      'twenty answers of v3',
      async () =>
        ((await loadStats(sandbox, 'shop')).apps['shop']?.versions['v3-errors-100-slow-40']?.count ?? 0) >= 20,
    );

    const { versions } = (await loadStats(sandbox, 'shop')).apps['shop']!;
    const bad = versions['v3-errors-100-slow-40']!;
    expect(bad.status).toEqual({ 500: bad.count });
    expect(bad.latencyMsSum / bad.count).toBeGreaterThan(40);
    expect(versions['v2']?.status['500']).toBeUndefined();
    await setImage('shop', 'shop:v2');
    await until('healthy again', async () => (await read('shop')).status.phase === 'Healthy');
  }, 60_000);

  test('a slow starter is ready after its time, a crashing one is in CrashLoopBackOff after its', async () => {
    const started = Date.now();
    await applyApplication(sandbox, {
      name: 'late',
      strategy: 'canary',
      image: 'shop:v1-start-3-crash-15',
      replicas: 1,
    });
    expect(Date.now() - started).toBeGreaterThan(3_000);
    await until(
      'the pod has crashed',
      async () =>
        (await pods('late')).items[0]?.status.containerStatuses?.[0]?.state.waiting?.reason === 'CrashLoopBackOff',
    );

    expect(await versionServed(sandbox.traefikEntryUrls[0]!, 'late.shop.local')).toBe('503 undefined');
    await removeApplication(sandbox, 'late');
    expect((await pods('late')).items).toEqual([]);
    expect((await loadStats(sandbox)).apps['late']).toBeUndefined();
  }, 60_000);

  test('one that is never ready gets no traffic', async () => {
    await setImage('shop', 'shop:v4-never-ready');
    await until('its pod is there', async () =>
      (await pods('shop')).items.some((pod) => pod.spec.containers[0]?.image.endsWith('never-ready')),
    );
    await resetLoadStats(sandbox);
    await new Promise((resolve) => setTimeout(resolve, 2_000));

    expect(Object.keys((await loadStats(sandbox, 'shop')).apps['shop']!.versions)).toEqual(['v2']);
    await setImage('shop', 'shop:v2');
    await until('healthy again', async () => (await read('shop')).status.phase === 'Healthy');
  }, 60_000);
});

test('the load follows what was asked', async () => {
  await setLoad(sandbox, { rps: 50 });
  await resetLoadStats(sandbox);
  const began = Date.now();
  await new Promise((resolve) => setTimeout(resolve, 3_000));

  const { sent } = (await loadStats(sandbox, 'shop')).apps['shop']!;
  // A busy machine sends fewer, and the reading takes some time.
  const perSecond = (sent * 1000) / (Date.now() - began);
  expect(perSecond).toBeGreaterThan(20);
  expect(perSecond).toBeLessThan(60);
  await expect(setLoad(sandbox, { apps: { shp: 1 } })).rejects.toThrow('no application "shp"');
});

test('the viewer may look and not touch', async () => {
  const viewer = apiClient(sandbox.stateDir, readState(sandbox.stateDir)!, 'sluice-viewer');

  expect((await viewer.get<Rollout>(path('shop'))).metadata.name).toBe('shop');
  await expect(viewer.patch(path('shop'), { metadata: { labels: { touched: 'yes' } } })).rejects.toThrow(/403/);
});

describe('parts', () => {
  test('temporal keeps its address over a crash', async () => {
    await stopPart(sandbox, 'temporal', 'SIGKILL');
    await startPart(sandbox, 'temporal');

    expect((await fetch(`${sandbox.temporalUiUrl}/api/v1/namespaces/default`)).ok).toBe(true);
  }, 60_000);

  test('a part that died is named with the end of its log, and up starts it again in its place', async () => {
    const traefik = (await sandboxStatus(options)).parts.find((part) => part.name === 'traefik-2')!;
    process.kill(traefik.pid, 'SIGKILL');
    await until('it is seen', async () => (await sandboxStatus(options)).state === 'degraded');

    const dead = (await sandboxStatus(options)).parts.find((part) => part.name === 'traefik-2')!;
    expect(dead.state).toBe('died');
    expect(dead.lastLines?.length).toBeGreaterThan(0);

    await sandboxUp(options);
    await until(
      'both replicas serve',
      async () => (await versionServed(sandbox.traefikEntryUrls[1]!, 'shop.shop.local')) === '200 v2',
    );
    expect((await sandboxStatus(options)).state).toBe('running');
  }, 60_000);

  test('the API server and the node agent may go and come without a failed request', async () => {
    await resetLoadStats(sandbox);
    await stopPart(sandbox, 'kube-apiserver', 'SIGKILL');
    await startPart(sandbox, 'kube-apiserver');
    await new Promise((resolve) => setTimeout(resolve, 2_000));

    expect((await loadStats(sandbox, 'shop')).apps['shop']!.failures).toEqual([]);
  }, 60_000);

  test('logs of a part, and a clear word about one that does not exist', async () => {
    expect(await sandboxLogs('node-agent', options)).toContain('playing');
    await expect(sandboxLogs('node-agnt', options)).rejects.toThrow('has no part "node-agnt"');
  });
});
