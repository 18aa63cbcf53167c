import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import type { Connection } from '@temporalio/client';
import type { Worker } from '@temporalio/worker';
import { startTemporalOnly, type TemporalOnly } from '../../sandbox/index.ts';
import type { ReleaseGateway } from '../../src/temporal/gateway.ts';
import { createTemporalGateway } from '../../src/temporal/temporal-gateway.ts';
import { startTestTemporal, type TestTemporal } from '../support/temporal.ts';
import { ReleaseUnderTest } from '../support/workflow-release.ts';

let temporal: TestTemporal;
const gateways: ReleaseGateway[] = [];
const workers: { worker: Worker; done: Promise<void> }[] = [];

beforeAll(async () => {
  temporal = await startTestTemporal();
}, 120_000);
afterEach(async () => {
  for (const { worker, done } of workers.splice(0)) {
    worker.shutdown();
    await done;
  }
  await Promise.all(gateways.splice(0).map((gateway) => gateway.close()));
});
afterAll(() => temporal.stop());

const address = (): string => (temporal.client.connection as Connection).options.address;

function gatewayAt(at: string, taskQueue: string, namespace = 'default'): ReleaseGateway {
  const gateway = createTemporalGateway({
    temporal: () => Promise.resolve({ address: at, namespace, connectionOptions: { address: at } }),
    taskQueue,
  });
  gateways.push(gateway);
  return gateway;
}

async function work(release: ReleaseUnderTest): Promise<void> {
  const worker = await release.worker();
  workers.push({ worker, done: worker.run() });
}

/** A release that waits for its approval, so that it stays where it is. */
const aRelease = (): ReleaseUnderTest => new ReleaseUnderTest(temporal, { spec: { approval: true } });

async function took(
  call: Promise<unknown>,
): Promise<{ error: { code?: string; message: string; details?: unknown }; ms: number }> {
  const began = performance.now();
  const error = await call.then(
    () => Promise.reject(new Error('it was answered')),
    (failed: unknown) => failed,
  );
  return { error: error as { code?: string; message: string }, ms: performance.now() - began };
}

test('starts once for one request, and tells another who runs', async () => {
  const release = aRelease();
  const gateway = gatewayAt(address(), release.taskQueue);
  await work(release);

  const [first, twin] = await Promise.all([gateway.start(release.input), gateway.start(release.input)]);
  const again = await gateway.start(release.input);
  const other = await took(gateway.start({ ...release.input, requestId: 'another' }));

  expect([first.started, twin.started].toSorted()).toEqual([false, true]);
  expect(again).toEqual({ id: release.id, runId: first.runId, started: false });
  expect(other.error).toMatchObject({ code: 'TARGET_BUSY', details: { release_id: release.id } });
  expect(await gateway.admit(release.id, release.input.requestId)).toEqual(again);
});

test('a command is answered, a repeated one acts once, and a refusal keeps its code', async () => {
  const release = aRelease();
  const gateway = gatewayAt(address(), release.taskQueue);
  await work(release);
  await gateway.start(release.input);
  await release.until('waiting-for-approval');

  const refused = await took(gateway.command(release.id, { name: 'promote', requestId: 'p', who: 'ada' }, 3000));
  const first = await gateway.command(release.id, { name: 'reject', requestId: 'r', who: 'ada', why: 'no' }, 3000);
  await release.until((view) => view.closedAt !== undefined);
  const closed = await took(gateway.command(release.id, { name: 'pause', requestId: 'late', who: 'ada' }, 3000));
  const repeated = await gateway.command(release.id, { name: 'reject', requestId: 'r', who: 'ada', why: 'no' }, 3000);
  const earlier = await gateway.start(release.input);

  expect(repeated).toEqual({ ...first, duplicate: true });
  expect(refused.error.code).toBe('NOT_WAITING');
  expect(first).toMatchObject({ command: 'reject', outcome: 'applied' });
  expect(closed.error.code).toBe('RELEASE_CLOSED');
  // The request that started it finds its release after the end too; only a new request starts a new one.
  expect(earlier.started).toBe(false);
  expect((await gateway.get(release.id)).state).toBe('refused');
});

test('lists by target and state', async () => {
  const release = aRelease();
  const gateway = gatewayAt(address(), release.taskQueue);
  await work(release);
  await gateway.start(release.input);
  await release.until('waiting-for-approval');
  const { target } = release.input.spec;

  let found = await gateway.list({ ...target, state: 'waiting-for-approval', limit: 5 });
  for (let look = 0; look < 30 && found.length === 0; look += 1) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    found = await gateway.list({ ...target, state: 'waiting-for-approval', limit: 5 });
  }

  expect(found).toMatchObject([
    { id: release.id, state: 'waiting-for-approval', version: release.input.spec.image, startedBy: 'tester' },
  ]);
  expect(await gateway.list({ namespace: `it's`, limit: 5 })).toEqual([]);
  expect(await gateway.list({ cluster: `x' OR 'a' = 'a`, limit: 5 })).toEqual([]);
});

/** The limit of the gateway is 5 s. A busy machine takes longer to notice. */
const SOON_MS = 20_000;

test('without a worker every call says so soon, with what Temporal itself knows', async () => {
  const release = aRelease();
  const gateway = gatewayAt(address(), release.taskQueue);
  await gateway.start(release.input);

  const get = await took(gateway.get(release.id));
  const began = performance.now();
  const command = await gateway.command(release.id, { name: 'pause', requestId: 'p1', who: 'ada' }, 3000);

  expect(get.error).toMatchObject({
    code: 'NO_ANSWER',
    message: expect.stringMatching(/record says preflight.*No worker polled the task queue/),
  });
  expect(command).toMatchObject({
    outcome: 'accepted',
    detail: expect.stringContaining('No worker has accepted the command'),
  });
  expect(Math.max(get.ms, performance.now() - began)).toBeLessThan(SOON_MS);
  expect(await gateway.probe()).toMatchObject({ pollers: 0 });
});

test('a command that no worker took up acts once a worker runs, and once only', async () => {
  const release = aRelease();
  const gateway = gatewayAt(address(), release.taskQueue);
  await gateway.start(release.input);
  await gateway.command(release.id, { name: 'abort', requestId: 'a1', who: 'ada' }, 3000);

  await work(release);
  await release.until((view) => view.closedAt !== undefined);

  const view = await gateway.get(release.id);
  expect(view.state).toBe('refused');
  expect(view.commands.filter(({ outcome }) => outcome === 'applied')).toHaveLength(1);
  expect(await gateway.command(release.id, { name: 'abort', requestId: 'a1', who: 'ada' }, 3000)).toMatchObject({
    duplicate: true,
    outcome: 'applied',
  });
});

test('an unknown release, namespace and server are three different answers', async () => {
  const unknown = await took(gatewayAt(address(), 'q').get('release/a/b/c'));
  const namespace = await took(gatewayAt(address(), 'q', 'nope').get('release/a/b/c'));
  const server = await took(gatewayAt('127.0.0.1:1', 'q').get('release/a/b/c'));

  expect([unknown, namespace, server].map(({ error }) => error.code)).toEqual([
    'RELEASE_NOT_FOUND',
    'TEMPORAL_UNREACHABLE',
    'TEMPORAL_UNREACHABLE',
  ]);
  expect(namespace.error.message).toContain('nope');
  expect(server.ms).toBeLessThan(SOON_MS);
});

test('a server that goes away after the first call is said soon', async () => {
  const own: TemporalOnly = await startTemporalOnly();
  const gateway = gatewayAt(own.address, 'q');
  await gateway.probe();
  await own.stop();

  const calls = await Promise.all([
    took(gateway.list({ limit: 1 })),
    took(gateway.get('release/a/b/c')),
    took(gateway.command('release/a/b/c', { name: 'abort', requestId: 'x', who: 'ada' }, 100)),
  ]);

  for (const { error, ms } of calls) {
    expect(error.code).toBe('TEMPORAL_UNREACHABLE');
    expect(ms).toBeLessThan(SOON_MS);
  }
}, 60_000);
