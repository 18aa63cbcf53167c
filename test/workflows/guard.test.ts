import { setTimeout as pause } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { afterAll, expect, jest, test } from '@jest/globals';
import { osUser } from '../../src/domain/access/caller.ts';
import type { GuardCommandName, GuardView } from '../../src/domain/release/guard.ts';
import { guardId } from '../../src/domain/release/target.ts';
import { commandSignals, commandUpdates, getGuard, RELEASE_WORKFLOW } from '../../workflows/messages.ts';
import { checkLinks } from '../support/audit-links.ts';
import { startTestTemporal } from '../support/temporal.ts';
import { recordHistory } from '../support/workflow-history.ts';
import { TEST_MS, withRelease, type ReleaseUnderTest, type Scenario } from '../support/workflow-release.ts';

jest.setTimeout(TEST_MS);
const temporal = await startTestTemporal();
afterAll(() => temporal.stop());

const BAD = { errorShare: 0.5 };
const guarded = { guardMs: 600_000 };

/** The guard of a release that has succeeded. */
class Guard {
  readonly handle: WorkflowHandle;

  constructor(one: ReleaseUnderTest) {
    this.handle = temporal.client.workflow.getHandle(guardId(one.world.target));
  }

  view = (): Promise<GuardView> => this.handle.query(getGuard);

  async until(state: GuardView['state'], withinMs = 40_000): Promise<GuardView> {
    for (const end = Date.now() + withinMs; ; await pause(50)) {
      const view = await this.view();
      if (view.state === state) return view;
      if (Date.now() > end) throw new Error(`the guard is ${view.state}: ${view.reason}`);
    }
  }

  update(name: GuardCommandName, requestId: string = name) {
    return this.handle.executeUpdate(commandUpdates[name], { args: [{ requestId, who: 'ann', why: 'seen' }] });
  }
}

/** `body` runs when the release has succeeded and its guard watches. The history of the guard is kept as `record`. */
function afterRelease(
  { record, ...scenario }: Scenario,
  body: (one: ReleaseUnderTest, guard: Guard) => Promise<void>,
): () => Promise<void> {
  return () =>
    withRelease(temporal, { ...scenario, spec: { ...guarded, ...scenario.spec } }, async (one) => {
      expect(await one.ended()).toMatchObject({ state: 'succeeded' });
      const guard = new Guard(one);
      try {
        await body(one, guard);
        if (record) await recordHistory(record, guard.handle);
      } finally {
        await guard.handle.terminate('end of the test').catch(() => undefined);
      }
    });
}

interface Link {
  readonly kind: string;
  readonly runId: string;
  readonly [field: string]: unknown;
}

/** The audit chain, with the fields of its entries. */
async function chainOf(one: ReleaseUnderTest): Promise<readonly Link[]> {
  await one.recorder.flush();
  const links = await one.journal.audit(0);
  expect(checkLinks(links).broken).toEqual([]);
  return links.map(({ kind, runId, data }) => ({ kind, runId, ...(JSON.parse(data) as object) }));
}

/** What the chain says about the guard. */
const guardOf = async (one: ReleaseUnderTest): Promise<readonly Link[]> =>
  (await chainOf(one)).filter(({ guard }) => guard === guardId(one.world.target));

/** The newest run of the target. */
function newestRun(one: ReleaseUnderTest): void {
  one.handle = temporal.client.workflow.getHandle(one.id);
}

const textsOf = (one: ReleaseUnderTest) =>
  one.journal.entries.flatMap(({ kind, runId, data }) => (kind === 'event' ? [{ runId, text: data.text }] : []));

for (const strategy of ['canary', 'blue-green'] as const)
  test.concurrent(
    `a ${strategy} version that turns bad after its release goes back by itself`,
    afterRelease({ record: `guard-back-${strategy}`, world: { strategy } }, async (one, guard) => {
      const { runId } = await one.view();
      one.world.behave('shop:v2', BAD);
      const view = await guard.until('rolling-back');
      expect(view).toMatchObject({ releaseRunId: runId, verdict: { outcome: 'fail' } });

      newestRun(one);
      expect(await one.ended()).toMatchObject({
        state: 'rolled-back',
        reason: expect.stringMatching(/shop:v2 turned bad after its release.*shop:v1 is stable again/),
      });
      expect((await one.view()).proof).toMatchObject({ effective: 'proved' });
      expect(one.world.snapshot()).toMatchObject({ image: 'shop:v1', weight: 0, rolloutOwner: undefined });
      expect(textsOf(one)).toContainEqual({
        runId,
        text: expect.stringMatching(/^guard: rolling-back: shop:v2 turned bad/),
      });
      expect(one.journal.entries).toContainEqual(
        expect.objectContaining({
          runId,
          kind: 'verdict',
          data: expect.objectContaining({ step: 1, outcome: 'fail' }),
        }),
      );
    }),
  );

test.concurrent(
  'when its time is over the guard ends with its last verdict',
  afterRelease({ record: 'guard-completed', spec: { guardMs: 1_500 } }, async (one, guard) => {
    expect(await guard.handle.result()).toMatchObject({
      state: 'completed',
      reason: expect.stringMatching(/^the time is over; last verdict pass: /),
    });
    expect(one.world.snapshot()).toMatchObject({ image: 'shop:v2', rolloutOwner: undefined });
  }),
);

test.concurrent(
  'a guard that saw no data does not call the version good',
  // Its last look has to begin after this test has learned, on a busy machine too, that the release has ended.
  afterRelease({ spec: { guardMs: 12_000 } }, async (one, guard) => {
    one.world.metricsAway(true);
    expect(await guard.handle.result()).toMatchObject({
      state: 'completed',
      reason: expect.stringMatching(/^the time is over; last verdict no-data: /),
    });
  }),
);

test.concurrent(
  'a newer release of the target ends the guard first, which says so',
  afterRelease({ record: 'guard-superseded' }, async (one, guard) => {
    await guard.until('guarding');
    const spec = { ...one.input.spec, image: 'shop:v3', approval: true };
    const args = [{ ...one.input, requestId: 'newer', spec }];
    const { id: workflowId, taskQueue } = one;
    const newer = await temporal.client.workflow.start(RELEASE_WORKFLOW, { workflowId, taskQueue, args });
    newestRun(one);
    await one.until('waiting-for-approval');

    // Its look at the target and the signal of the newer release may come in any order.
    const run = newer.firstExecutionRunId;
    const [told, seen] = [`, run ${run} has the target now`, ` took the target, with its run ${run}`];
    expect(await guard.handle.result()).toEqual({
      state: 'superseded',
      reason: expect.stringMatching(new RegExp(`^${one.id}(${told}|${seen})`)),
    });
    expect(one.world.snapshot()).toMatchObject({ image: 'shop:v2' });
    await one.update('approve');
    expect(await one.ended()).toMatchObject({ state: 'succeeded' });
    expect(await guard.until('guarding')).toMatchObject({ spec: { image: 'shop:v3' } });
  }),
);

test.concurrent(
  'auto-rollback off: a version that turns bad is asked about, and resume keeps it',
  afterRelease({ record: 'guard-kept', spec: { autoRollback: false } }, async (one, guard) => {
    await expect(guard.update('resume', 'early')).rejects.toMatchObject({ cause: { type: 'NOT_WAITING' } });
    one.world.behave('shop:v2', BAD);
    expect(await guard.until('waiting-for-decision')).toMatchObject({
      waiting: { for: 'decision', answers: ['abort', 'resume'] },
    });
    expect(one.world.snapshot()).toMatchObject({ image: 'shop:v2' });

    expect(await guard.update('resume')).toMatchObject({ outcome: 'applied', detail: 'ann keeps shop:v2: seen' });
    expect(await guard.handle.result()).toMatchObject({ state: 'kept', who: 'ann' });
    expect((await guardOf(one)).map(({ kind, state }) => state ?? kind)).toEqual(['proposed', 'commanded', 'kept']);
    expect(one.world.snapshot()).toMatchObject({ image: 'shop:v2' });
  }),
);

test.concurrent(
  'auto-rollback off: abort rolls back, once, also as a signal that comes twice',
  afterRelease({ record: 'guard-aborted-audited', spec: { autoRollback: false } }, async (one, guard) => {
    one.world.behave('shop:v2', BAD);
    await guard.until('waiting-for-decision');
    const sender = { identity: osUser('ann'), via: 'cli' } as const;
    const message = { requestId: 'twice', who: 'ann', sender };
    await guard.handle.signal(commandSignals.abort, message);
    await guard.handle.signal(commandSignals.abort, message).catch(() => undefined);
    await guard.until('rolling-back');

    newestRun(one);
    expect(await one.ended()).toMatchObject({
      state: 'rolled-back',
      reason: expect.stringContaining('aborted by ann'),
    });
    expect(one.world.snapshot()).toMatchObject({ image: 'shop:v1' });
    expect(await guardOf(one)).toMatchObject([
      { kind: 'proposed', who: 'tester', image: 'shop:v2', if_bad: 'ask', back_to: 'shop:v1' },
      { kind: 'commanded', command: 'abort', who: 'ann', asked: 'decision', caller: { subject: 'ann', via: 'cli' } },
      { kind: 'executed', who: 'ann' },
      { kind: 'outcome', state: 'rolling-back', who: 'ann', verdict: 'fail', plan: expect.stringMatching(/^plan-/) },
    ]);
    const back = (await one.handle.describe()).runId;
    const [proposed] = (await chainOf(one)).filter(({ runId }) => runId === back);
    expect(proposed).toMatchObject({
      ...{ kind: 'proposed', rollback: true, image: 'shop:v1', from: 'shop:v2', who: 'ann' },
      ...{ reason: 'aborted by ann', caller: { subject: 'ann' } },
    });
    expect((await guardOf(one)).at(-1)).toMatchObject({ rollback_run: back, plan: proposed?.['plan'] });
  }),
);

test.concurrent(
  'auto-rollback off: without an answer by the deadline it goes back',
  afterRelease(
    { record: 'guard-unanswered', spec: { autoRollback: false, timeouts: { decisionMs: 500 } } },
    async (one, guard) => {
      one.world.behave('shop:v2', BAD);
      expect(await guard.handle.result()).toMatchObject({
        state: 'rolling-back',
        reason: expect.stringContaining('nobody answered within 0.5 s'),
      });
      newestRun(one);
      expect(await one.ended()).toMatchObject({ state: 'rolled-back' });
    },
  ),
);

test.concurrent(
  'a guard that is cancelled in Temporal ends, and leaves the target as it is',
  afterRelease({ record: 'guard-cancelled' }, async (one, guard) => {
    await guard.until('guarding');
    await guard.handle.cancel();
    await expect(guard.handle.result()).rejects.toThrow();
    expect(await guard.view()).toMatchObject({ state: 'completed', reason: expect.stringContaining('cancelled') });
    expect(one.world.snapshot()).toMatchObject({ image: 'shop:v2', rolloutOwner: undefined });
  }),
);

test.concurrent(
  'guard 0 starts no guard',
  afterRelease({ spec: { guardMs: 0 } }, async (_, guard) => {
    await expect(guard.handle.describe()).rejects.toThrow(/not found/i);
  }),
);

test.concurrent(
  'a guard that is started by hand, under another id or with half an input, ends at once',
  afterRelease({}, async (one, guard) => {
    const { taskQueue } = one;
    const start = (workflowId: string, args: unknown[]) =>
      temporal.client.workflow.execute('guard', { workflowId, taskQueue, args }).catch((error: unknown) => error);
    const { input } = { input: await guard.view() };
    expect(await start(`guard/dev/shop/other-${taskQueue}`, [input])).toMatchObject({
      cause: { type: 'INVALID_INPUT' },
    });
    expect(await start(`guard/dev/shop/half-${taskQueue}`, [])).toMatchObject({ cause: { type: 'INVALID_INPUT' } });
  }),
);
