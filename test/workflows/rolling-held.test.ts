import { afterAll, expect, jest, test } from '@jest/globals';
import { osUser } from '../../src/domain/access/caller.ts';
import type { ReleaseView } from '../../src/domain/release/view.ts';
import type { SpecChanges } from '../support/builders.ts';
import { hashOf } from '../support/fake-argo.ts';
import { answerErrors, BY_METRIC, expectTakenBack, reportedRelease } from '../support/reported-release.ts';
import { startTestTemporal } from '../support/temporal.ts';
import { QueueStage, waits } from '../support/workflow-queue.ts';
import { TEST_MS, TWO_STEPS, type ReleaseUnderTest } from '../support/workflow-release.ts';

jest.setTimeout(TEST_MS);
const temporal = await startTestTemporal();
afterAll(() => temporal.stop());

type Body = (one: ReleaseUnderTest) => Promise<void>;

/** A good version by its metric, until the test says otherwise. */
const rolling = (spec: SpecChanges, beforeStart: Body, body: Body) => () =>
  reportedRelease(
    temporal,
    { world: { steps: TWO_STEPS }, spec: { strategy: 'rolling', ...spec }, errors: 0, beforeStart },
    body,
  );

const nothing: Body = async () => undefined;

test.concurrent(
  'it does not start while its windows are closed, and no pod is replaced',
  rolling(
    {},
    async ({ windows }) => windows.close('finish_step', 'freeze'),
    async (one) => {
      await one.until('waiting-for-window');
      expect(one.world.snapshot()).toMatchObject({ image: 'shop:v1', phase: 'Healthy' });
      one.windows.open();
      expect(await one.ended()).toMatchObject({ state: 'succeeded' });
      expect(one.world.violations).toEqual([]);
    },
  ),
);

test.concurrent(
  'a window that closes holds it at the pause of Argo, where it is guarded and goes back',
  rolling(
    {},
    async ({ windows }) => windows.open(),
    async (one) => {
      await one.until('soaking');
      one.windows.close('finish_step', 'night');
      const held = await one.until('waiting-for-window');
      expect(held).toMatchObject({ stepIndex: 0, proof: { wanted: 10, effective: 'reported' } });
      expect(one.world.snapshot()).toMatchObject({ stepIndex: 1, paused: true });
      answerErrors(one, 0.5);
      await expectTakenBack(one);
    },
  ),
);

const by = (name: string) => ({ who: `cli:${name}`, sender: { identity: osUser(name) } });
const people = (...names: string[]) => names.map((subject) => ({ issuer: 'os', subject }));
const asksFor = (index: number) => (view: ReleaseView) =>
  view.waiting?.for === 'step-approval' && view.stepIndex === index;

test.concurrent(
  'named people approve its start, each step and its promotion',
  rolling(
    {
      approval: true,
      approvals: [
        { phase: 'step', weights: [10], by: people('ada'), count: 1 },
        { phase: 'promotion', by: people('ada', 'bob'), count: 2 },
      ],
    },
    nothing,
    async (one) => {
      await one.until('waiting-for-approval');
      expect(one.world.snapshot()).toMatchObject({ image: 'shop:v1' });
      await one.update('approve', by('eve'));
      await one.until(asksFor(0));
      await expect(one.update('approve', by('eve'))).rejects.toMatchObject({ cause: { type: 'APPROVAL_NOT_COUNTED' } });
      expect(one.world.snapshot()).toMatchObject({ stepIndex: 1, paused: true });
      await one.update('approve', by('ada'));
      await one.until(asksFor(1));
      await one.update('approve', by('ada'));
      await one.update('approve', by('bob'));
      expect(await one.ended()).toEqual({ state: 'succeeded', reason: 'shop:v2 is stable' });
    },
  ),
);

test.concurrent(
  'a rejected step goes back by the number of pods',
  rolling({ approvals: [{ phase: 'step', weights: [10], by: people('ada'), count: 1 }] }, nothing, async (one) => {
    await one.until(asksFor(0));
    await one.update('reject', { ...by('ada'), why: 'wrong colour' });
    expect(await one.ended()).toMatchObject({ state: 'rolled-back' });
    expect(one.world.snapshot()).toMatchObject({ image: 'shop:v1', phase: 'Healthy', rolloutOwner: undefined });
  }),
);

/** A target without a router whose releases may wait. Each version is good by its metric. */
async function staged(body: (one: QueueStage) => Promise<void>): Promise<void> {
  const spec = { strategy: 'rolling', analysis: BY_METRIC, manualPromotion: true, guardMs: 0 } as const;
  const one = new QueueStage(temporal, { world: { strategy: 'canary', router: 'pods' }, spec });
  for (const version of ['v2', 'v3', 'v4'])
    one.release.world.metrics.answers.set(`errors{hash="${hashOf(`shop:${version}`)}"}`, 0);
  try {
    await one.work();
    await body(one);
  } finally {
    await one.close();
  }
}

const isOf = (view: ReleaseView, version: string) => view.spec.image === `shop:${version}`;
const asksToPromote = (version: string) => (view: ReleaseView) =>
  isOf(view, version) && view.waiting?.for === 'promotion';
const promote = ({ gateway, id }: QueueStage, requestId: string) =>
  gateway.command(id, { name: 'promote', requestId, who: 'ann' }, 3_000);

test.concurrent('the next version waits in the queue, and starts after the success of the one before', () =>
  staged(async (one) => {
    await one.start('v2');
    await one.until('v2 asks', asksToPromote('v2'));
    const queued = await one.start('v3', 'queue');
    expect('view' in queued && waits(queued.view)).toBe('v3');
    await promote(one, 'p1');
    await one.until('v3 asks', asksToPromote('v3'));
    await promote(one, 'p2');
    await one.until('v3 has ended', (view) => isOf(view, 'v3') && view.state === 'succeeded');
    expect(one.release.world.snapshot()).toMatchObject({ image: 'shop:v3', phase: 'Healthy' });
    expect(one.release.world.violations).toEqual([]);
  }));

test.concurrent('a newer version supersedes it: its pods go first, then the newer one starts', () =>
  staged(async (one) => {
    const { runId } = (await one.start('v2')) as { runId: string };
    await one.until('v2 asks', asksToPromote('v2'));
    await one.start('v4', 'supersede');
    await one.until('v4 asks', asksToPromote('v4'));
    expect(await one.until('v2 is back', ({ state }) => state === 'rolled-back', runId)).toBeDefined();
    await promote(one, 'p1');
    await one.until('v4 has ended', (view) => isOf(view, 'v4') && view.state === 'succeeded');
  }));
