import { Worker } from '@temporalio/worker';
import { afterAll, expect, jest, test } from '@jest/globals';
import { createActivities } from '../../activities/index.ts';
import { Recorder } from '../../activities/recorder.ts';
import { DELIVERY_STEPS, deliveryId, type DeliveryView, type StepDone } from '../../src/domain/delivery/delivery.ts';
import { osUser } from '../../src/domain/access/caller.ts';
import { SluiceError } from '../../src/domain/errors.ts';
import { newsOf } from '../../src/domain/news/news.ts';
import { createLog } from '../../src/observability/log.ts';
import type { DeliverySteps } from '../../src/ports/delivery-steps.ts';
import type { Deliveries } from '../../src/temporal/deliveries.ts';
import { createTemporalGateway } from '../../src/temporal/temporal-gateway.ts';
import { DELIVERY_INPUT } from '../support/fake-deliveries.ts';
import { createFakeJournal } from '../support/fake-journal.ts';
import { createFakeWorld } from '../support/fake-world.ts';
import { startTestTemporal } from '../support/temporal.ts';
import { eventually } from '../support/releases-wait.ts';
import { recordHistory } from '../support/workflow-history.ts';

jest.setTimeout(300_000);
const temporal = await startTestTemporal();
afterAll(() => temporal.stop());

const done = (reason: string): Promise<StepDone> => Promise.resolve({ reason, facts: {} });

/** Steps that are done at once, except those that a test gives. */
function stepsWith(own: Partial<DeliverySteps>): DeliverySteps {
  const all = DELIVERY_STEPS.map((step) => [step, () => done(`${step} done`)]);
  return { ...(Object.fromEntries(all) as DeliverySteps), ...own };
}

const ADA = osUser('ada');
const BY_ADA = { who: 'cli:ada', sender: { identity: ADA, via: 'cli' } } as const;

/** A delivery with a worker of its own, until `body` has ended. */
async function delivering(
  name: string,
  own: Partial<DeliverySteps>,
  body: (deliveries: Deliveries) => Promise<void>,
  journal = createFakeJournal(),
): Promise<void> {
  const world = createFakeWorld({ image: 'shop:v1' });
  const { address } = temporal;
  const settings = { address, namespace: 'default', connectionOptions: { address } };
  const gateway = createTemporalGateway({ temporal: async () => settings, taskQueue: name });
  const worker = await Worker.create({
    connection: temporal.connection,
    taskQueue: name,
    workflowBundle: { codePath: temporal.codePath },
    activities: createActivities(world.worlds, new Recorder(journal, createLog('silent')), undefined, {
      steps: stepsWith(own),
    }),
  });
  try {
    await worker.runUntil(async () => {
      await gateway.deliveries.start({ ...DELIVERY_INPUT, name });
      await body(gateway.deliveries);
    });
  } finally {
    await gateway.close();
    world.stop();
  }
}

/** Undefined while the worker is too busy to answer. */
function seen(deliveries: Deliveries, name: string): Promise<DeliveryView | undefined> {
  return deliveries.get(name).catch((error: unknown) => {
    if (error instanceof SluiceError && error.code === 'NO_ANSWER') return undefined;
    throw error;
  });
}

/** The delivery as soon as it is in the state. */
function inState(deliveries: Deliveries, name: string, state: DeliveryView['state']): Promise<DeliveryView> {
  return eventually(`the delivery ${name} is ${state}`, async () => {
    const view = await seen(deliveries, name);
    return view?.state === state ? view : undefined;
  });
}

const statesOf = (view: DeliveryView) => view.steps.map(({ state }) => state).join(' ');

test('a failed step waits, a retry goes on there, and the steps before it stay done', async () => {
  const name = `retried${process.pid}`;
  const ran: string[] = [];
  const journal = createFakeJournal();
  let broken = true;
  const own: Partial<DeliverySteps> = {
    onboard: async () => {
      ran.push('onboard');
      return { reason: 'written', facts: { commit: 'abc' } };
    },
    build: async ({ facts, attempt }) => {
      ran.push(`build ${facts.commit} ${attempt}`);
      if (broken) throw new SluiceError('BUILD_FAILED', 'exit code 3');
      return { reason: 'built', facts: { imageId: 'sha256:1' }, figures: { bytes: 5 } };
    },
    release: async ({ facts }) => ({ reason: `released ${facts.imageId}`, facts: {} }),
  };
  await delivering(
    name,
    own,
    async (deliveries) => {
      const failed = await inState(deliveries, name, 'waiting-for-retry');
      expect(statesOf(failed)).toBe('done failed waiting waiting waiting waiting');
      expect(failed.steps[1]?.failure).toMatchObject({ code: 'BUILD_FAILED', reason: 'exit code 3' });

      broken = false;
      await deliveries.command(name, 'retry', BY_ADA);
      const view = await inState(deliveries, name, 'delivered');

      expect(ran).toEqual(['onboard', 'build abc 1', 'build abc 2']);
      expect(statesOf(view)).toBe('done done done done done done');
      expect(view.steps.at(-1)?.reason).toBe('released sha256:1');
      await expect(deliveries.command(name, 'retry', BY_ADA)).rejects.toMatchObject({ code: 'DELIVERY_CLOSED' });
      const handle = temporal.client.workflow.getHandle(deliveryId(name));
      await handle.result();
      const told = journal.entries.map((entry) => newsOf(entry)?.event).filter((event) => event !== undefined);
      expect(told).toEqual(['started', 'asks', 'delivered']);

      const links = (await journal.audit(0)).map(({ kind, data }) => ({ kind, ...(JSON.parse(data) as object) }));
      const plan = DELIVERY_INPUT.digest;
      expect(links).toEqual([
        expect.objectContaining({ kind: 'proposed', plan, who: 'cli:ada', source_commit: DELIVERY_INPUT.sourceCommit }),
        { kind: 'executed', plan, step: 'onboard', attempt: 1 },
        {
          ...{ kind: 'commanded', plan, command: 'retry', who: 'cli:ada', step: 'build' },
          caller: { ...ADA, via: 'cli' },
        },
        ...['push', 'deploy', 'release'].map((step) => ({ kind: 'executed', plan, step, attempt: 1 })),
        expect.objectContaining({ kind: 'outcome', plan, state: 'delivered' }),
      ]);
      expect(links[0]).toMatchObject({ caller: ADA });
      await recordHistory('delivery-retried-audited', handle);
    },
    journal,
  );
});

test('findings that stop the delivery stay in it, and a retry checks again', async () => {
  const name = `checked${process.pid}`;
  let outcome: 'failed' | 'passed' = 'failed';
  const check: DeliverySteps['check'] = async () => ({
    reason: 'looked',
    facts: {},
    findings: [{ check: 'secrets', outcome, text: 'one file' }],
    ...(outcome === 'failed' ? { refused: { code: 'CHECK_FAILED', reason: 'secrets: one file' } } : {}),
  });
  await delivering(name, { check }, async (deliveries) => {
    const failed = await inState(deliveries, name, 'waiting-for-retry');
    expect(failed.steps[2]).toMatchObject({ state: 'failed', findings: [{ outcome: 'failed' }] });

    outcome = 'passed';
    await deliveries.command(name, 'retry', BY_ADA);

    expect((await inState(deliveries, name, 'delivered')).steps[2]).toMatchObject({ state: 'done', attempts: 2 });
  });
});

test('an image that another machine has built is built again by itself', async () => {
  const name = `moved${process.pid}`;
  const builds: number[] = [];
  const own: Partial<DeliverySteps> = {
    build: async ({ attempt }) => {
      builds.push(attempt);
      return done('built');
    },
    push: async () => {
      if (builds.length === 1) throw new SluiceError('IMAGE_NOT_HERE', 'web:v1 is no image on this machine.');
      return done('pushed');
    },
  };
  await delivering(name, own, async (deliveries) => {
    const view = await inState(deliveries, name, 'delivered');

    expect(builds).toEqual([1, 2]);
    expect(statesOf(view)).toBe('done done done done done done');
  });
});

test('a cancelled delivery stops its running step, and another one can start', async () => {
  const name = `cancelled${process.pid}`;
  let stopped = 0;
  const build: DeliverySteps['build'] = (_, { signal }) =>
    new Promise((_resolve, reject) => {
      signal.addEventListener('abort', () => {
        stopped += 1;
        reject(signal.reason as Error);
      });
    });
  await delivering(name, { build }, async (deliveries) => {
    await eventually('the build runs', async () =>
      (await seen(deliveries, name))?.steps[1]?.state === 'running' ? true : undefined,
    );
    await expect(deliveries.start({ ...DELIVERY_INPUT, name, requestId: 'other' })).rejects.toMatchObject({
      code: 'DELIVERY_BUSY',
    });
    expect(await deliveries.start({ ...DELIVERY_INPUT, name })).toMatchObject({ started: false });
    await expect(deliveries.command(name, 'retry', BY_ADA)).rejects.toMatchObject({ code: 'DELIVERY_NOT_WAITING' });

    const view = await deliveries.command(name, 'cancel', BY_ADA);

    expect([view.state, view.reason, stopped]).toEqual(['cancelled', 'cancelled by cli:ada', 1]);
    expect(statesOf(view)).toBe('done cancelled waiting waiting waiting waiting');
    // The run ends when the journal has its end.
    const again = await eventually('another delivery starts', () =>
      deliveries.start({ ...DELIVERY_INPUT, name, requestId: 'other' }).catch(() => undefined),
    );
    expect(again.started).toBe(true);
    await eventually('the build runs', async () =>
      (await seen(deliveries, name))?.steps[1]?.state === 'running' ? true : undefined,
    );
    await deliveries.command(name, 'cancel', BY_ADA);
    expect(await deliveries.list({ name, limit: 5 })).toHaveLength(2);
  });
});
