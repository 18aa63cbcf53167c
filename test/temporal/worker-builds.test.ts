import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, expect, jest, test } from '@jest/globals';
import type { Worker } from '@temporalio/worker';
import { createActivities } from '../../activities/index.ts';
import { takeNewWork } from '../../src/entry/take-new-work.ts';
import { createLog } from '../../src/observability/log.ts';
import type { Worlds } from '../../src/ports/world.ts';
import type { ReleaseGateway } from '../../src/temporal/gateway.ts';
import { workerIdentity } from '../../src/domain/worker-build.ts';
import { createTemporalGateway } from '../../src/temporal/temporal-gateway.ts';
import { otherWorkflowCode } from '../support/other-workflow-code.ts';
import { eventually } from '../support/releases-wait.ts';
import { startTestTemporal, type TestTemporal } from '../support/temporal.ts';
import { ReleaseUnderTest, TEST_MS } from '../support/workflow-release.ts';

jest.setTimeout(TEST_MS);
let temporal: TestTemporal;
/** The code of the next version, which cannot replay a release of the present code. */
let next: string;
const log = createLog('silent');

beforeAll(async () => {
  [temporal, next] = await Promise.all([startTestTemporal(), otherWorkflowCode()]);
}, 240_000);
afterAll(() => temporal.stop());

/** One task queue with workers of several builds, and releases of several targets. */
class Fleet {
  readonly releases: ReleaseUnderTest[] = [];
  readonly gateway: ReleaseGateway;
  readonly #taskQueue = `fleet-${randomUUID().slice(0, 8)}`;
  readonly #running = new Map<string, { worker: Worker; done: Promise<void> }>();

  constructor() {
    const { address } = temporal;
    this.gateway = createTemporalGateway({
      temporal: () => Promise.resolve({ address, namespace: 'default', connectionOptions: { address } }),
      taskQueue: this.#taskQueue,
    });
  }

  /** Starts a release that waits for an approval. */
  async release(): Promise<ReleaseUnderTest> {
    const target = { cluster: `cluster-${this.releases.length}`, namespace: 'shop', rollout: this.#taskQueue };
    const one = new ReleaseUnderTest(temporal, { world: { target }, spec: { approval: true } });
    Object.assign(one, { taskQueue: this.#taskQueue });
    this.releases.push(one);
    await one.start();
    await eventually(`${one.id} waits`, () =>
      one.view().then(
        ({ state }) => state === 'waiting-for-approval' || undefined,
        () => undefined,
      ),
    );
    return one;
  }

  /** Starts a worker, and returns when its build has taken new work or was left as it was. */
  async start(build: string, code?: string): Promise<void> {
    const worlds: Worlds = {
      of: (cluster, ...rest) =>
        this.releases.find(({ world }) => world.target.cluster === cluster)!.world.worlds.of(cluster, ...rest),
    };
    const [first = new ReleaseUnderTest(temporal, {})] = this.releases;
    const worker = await first.worker({
      taskQueue: this.#taskQueue,
      identity: workerIdentity(`1.0.0-${build}`, process.pid, 'host'),
      ...(code !== undefined && { workflowBundle: { code } }),
      activities: createActivities(worlds, first.recorder, undefined, { windows: first.windows }),
      workerDeploymentOptions: {
        version: { deploymentName: this.#taskQueue, buildId: build },
        useWorkerVersioning: true,
        defaultVersioningBehavior: 'PINNED',
      },
      stickyQueueScheduleToStartTimeout: '1 second',
    });
    this.#running.set(build, { worker, done: worker.run() });
    await takeNewWork(this.gateway.builds, build, log);
  }

  async stop(build: string): Promise<void> {
    const { worker, done } = this.#running.get(build)!;
    this.#running.delete(build);
    worker.shutdown();
    await done;
  }

  async close(): Promise<void> {
    for (const one of this.releases) await one.handle.terminate('end of the test').catch(() => undefined);
    await Promise.all([...this.#running.keys()].map((build) => this.stop(build)));
    for (const { world } of this.releases) world.stop();
    await this.gateway.close();
  }
}

let fleet: Fleet;
beforeEach(() => {
  fleet = new Fleet();
});
afterEach(() => fleet.close());

/** The builds that completed workflow tasks of a release. */
async function buildsOf({ handle }: ReleaseUnderTest): Promise<string[]> {
  const { events } = await handle.fetchHistory();
  const builds = (events ?? []).flatMap(({ workflowTaskCompletedEventAttributes: done }) =>
    done ? [done.deploymentVersion?.buildId ?? 'none'] : [],
  );
  return [...new Set(builds)];
}

async function finish(one: ReleaseUnderTest): Promise<string> {
  await one.update('approve');
  return (await one.ended()).state;
}

test('a release ends on the build that began it while the workers are upgraded, and go back', async () => {
  await fleet.start('a');
  const first = await fleet.release();
  await fleet.start('b', next);
  const second = await fleet.release();

  expect(
    await eventually('both are listed', async () => {
      const builds = await fleet.gateway.builds.list();
      return builds.every(({ runs }) => runs.length === 1) ? builds : undefined;
    }),
  ).toMatchObject([
    { build: 'b', state: 'current', pollers: 1, runs: [second.id] },
    { build: 'a', state: 'draining', pollers: 1, runs: [first.id] },
  ]);

  const { workers } = await fleet.gateway.probe();
  expect(workers).toEqual(expect.arrayContaining(['a', 'b'].map((build) => ({ build, version: `1.0.0-${build}` }))));

  await fleet.gateway.builds.setCurrent('a', 'ada');
  const third = await fleet.release();

  expect(await Promise.all([first, second, third].map(finish))).toEqual(['succeeded', 'succeeded', 'succeeded']);
  expect(await Promise.all([first, second, third].map(buildsOf))).toEqual([['a'], ['b'], ['a']]);
});

test('a restarted worker of an old build takes no new releases', async () => {
  await fleet.start('a');
  await fleet.start('b');
  await fleet.stop('a');
  await fleet.start('a');

  expect((await fleet.gateway.builds.list()).find(({ state }) => state === 'current')?.build).toBe('b');
});

test('a release whose workers are gone is moved to another build, and ends there', async () => {
  await fleet.start('a');
  const one = await fleet.release();
  await fleet.start('b');
  await fleet.stop('a');

  await fleet.gateway.builds.move(one.id, 'b', 'ada');

  expect(await finish(one)).toBe('succeeded');
  expect(await buildsOf(one)).toEqual(['a', 'b']);
});

test('a release that only its own build can tell says which build that is', async () => {
  await fleet.start('a');
  const one = await fleet.release();
  await fleet.start('b', next);
  await fleet.stop('a');

  // Temporal counts a worker for a while after it has stopped.
  await expect(fleet.gateway.get(one.id)).rejects.toMatchObject({
    code: 'NO_ANSWER',
    details: expect.objectContaining({ build: 'a' }),
  });
  await fleet.start('a');
  expect(await finish(one)).toBe('succeeded');
  await fleet.stop('a');
  await expect(fleet.gateway.get(one.id)).rejects.toMatchObject({
    code: 'NO_ANSWER',
    details: expect.objectContaining({ build: 'a', run: expect.objectContaining({ how: 'COMPLETED' }) }),
  });
});

test('an unknown build and a release that is not open are refused', async () => {
  await fleet.start('a');

  await expect(fleet.gateway.builds.setCurrent('z', 'ada')).rejects.toMatchObject({
    code: 'BUILD_UNKNOWN',
    message: 'No worker has the build z. The builds are a.',
  });
  await expect(fleet.gateway.builds.move('release/dev/shop/none', 'a', 'ada')).rejects.toMatchObject({
    code: 'RELEASE_NOT_FOUND',
  });
});

test('without worker versioning there are no builds', async () => {
  expect(await fleet.gateway.builds.list()).toEqual([]);
});
