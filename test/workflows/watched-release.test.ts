import { afterAll, expect, jest, test } from '@jest/globals';
import { startTestTemporal } from '../support/temporal.ts';
import type { FakeWorldOptions } from '../support/fake-world-options.ts';
import type { SpecChanges } from '../support/builders.ts';
import type { ReleaseView } from '../../src/domain/release/view.ts';
import { TEST_MS, withRelease, type ReleaseUnderTest } from '../support/workflow-release.ts';

jest.setTimeout(TEST_MS);
const temporal = await startTestTemporal();
afterAll(() => temporal.stop());

/** The pauses outlast every test, so that each test says itself when one of them ends. */
const TIMED = [
  { setWeight: 10 },
  { pause: { duration: 100_000 } },
  { setWeight: 50 },
  { pause: { duration: 100_000 } },
];
const UNTIMED = [{ setWeight: 10 }, { pause: {} }];
const BAD = { versions: { 'shop:v2': { errorShare: 0.5 } } };
/** No verdict is reached. */
const UNJUDGED = { analysis: { minRequests: 1_000_000 } };

const watched = (world: FakeWorldOptions, spec: SpecChanges, body: (one: ReleaseUnderTest) => Promise<void>) => () =>
  withRelease(
    temporal,
    { world: { strategy: 'canary', steps: TIMED, ...world }, spec: { strategy: 'watched-canary', ...spec } },
    body,
  );

const textsOf = async (one: ReleaseUnderTest) => (await one.view()).events.map(({ text }) => text);
const at = (index: number, holds: (view: ReleaseView) => boolean) => (view: ReleaseView) =>
  view.stepIndex === index && holds(view);
const hasPassed = ({ reason }: ReleaseView) => reason.endsWith('by its own steps');
const isHeld = ({ state }: ReleaseView) => state === 'judging' || state === 'waiting-for-decision';

/** Argo ends its pause at each of the two weights as soon as `ready` holds there. */
async function argoGoesOn(one: ReleaseUnderTest, ready: (view: ReleaseView) => boolean): Promise<void> {
  for (const index of [0, 1]) {
    await one.until(at(index, ready));
    one.world.endPause();
  }
}

test.concurrent(
  'Argo goes on by its own times, and each weight is judged',
  watched({}, {}, async (one) => {
    await argoGoesOn(one, hasPassed);
    expect(await one.ended()).toEqual({ state: 'succeeded', reason: 'shop:v2 is stable' });
    expect(await textsOf(one)).toEqual(
      expect.arrayContaining(['Argo went on from weight 10', 'Argo went on from weight 50']),
    );
    expect(one.world.snapshot()).toMatchObject({ image: 'shop:v2', weight: 0, phase: 'Healthy' });
    expect(one.world.violations).toEqual([]);
  }),
);

test.concurrent(
  'a bad version is aborted, and the image that the release has set is put back',
  watched(BAD, {}, async (one) => {
    expect(await one.ended()).toMatchObject({ state: 'rolled-back' });
    expect(one.world.snapshot()).toMatchObject({ image: 'shop:v1', weight: 0, phase: 'Healthy' });
  }),
);

test.concurrent(
  'a weight that Argo leaves before its verdict counts as unjudged',
  watched({}, UNJUDGED, async (one) => {
    await argoGoesOn(one, isHeld);
    const went = 'Argo went on before its verdict';
    expect(await one.ended()).toEqual({
      state: 'succeeded',
      reason: `shop:v2 is stable; not judged: step 1 (weight 10): ${went}; step 2 (weight 50): ${went}`,
    });
  }),
);

test.concurrent(
  'without auto-rollback a bad version is asked about, and Argo goes on with it',
  watched(BAD, { autoRollback: false }, async (one) => {
    await argoGoesOn(one, ({ waiting }) => waiting?.for === 'decision');
    const { state, reason } = await one.ended();
    expect(state).toBe('succeeded');
    expect(reason).toContain('step 1 (weight 10): it had failed, and Argo went on before anybody decided');
  }),
);

test.concurrent(
  'a skipped weight is held until Argo goes on, and counts as skipped',
  watched({}, UNJUDGED, async (one) => {
    await one.until(at(0, isHeld));
    const skipped = one.update('skip-analysis', { why: 'checked by hand' });
    await one.until(at(0, hasPassed));
    one.world.endPause();
    expect(await skipped).toMatchObject({ outcome: 'applied', detail: 'step 2 is in force: weight 50' });
    await one.until(at(1, isHeld));
    one.world.endPause();
    expect((await one.ended()).reason).toContain('step 1 (weight 10): skipped by ann: checked by hand');
  }),
);

test.concurrent(
  'pause and promote are refused where Argo goes on by itself',
  watched({}, { manualPromotion: true }, async (one) => {
    await one.until(at(0, hasPassed));
    const refusedWith = (words: RegExp) => ({ cause: { message: expect.stringMatching(words) } });
    await expect(one.update('pause')).rejects.toMatchObject(refusedWith(/own steps/));
    await expect(one.update('promote')).rejects.toMatchObject(refusedWith(/Argo goes on from this step by itself/));
    await one.update('abort');
    expect(await one.ended()).toMatchObject({ state: 'rolled-back' });
  }),
);

test.concurrent(
  'an untimed pause ends when it is promoted',
  watched({ steps: UNTIMED }, { manualPromotion: true }, async (one) => {
    expect(await one.until((view) => view.waiting?.for === 'promotion')).toMatchObject({ weightWanted: 10 });
    await one.update('promote');
    expect(await one.ended()).toEqual({ state: 'succeeded', reason: 'shop:v2 is stable' });
  }),
);

const joined = (world: FakeWorldOptions, body: (one: ReleaseUnderTest) => Promise<void>) => () =>
  withRelease(
    temporal,
    {
      world: { strategy: 'canary', steps: UNTIMED, ...world },
      spec: { strategy: 'watched-canary' },
      beforeStart: async (one) => {
        one.world.foreignImage('shop:v2');
        await one.world.until(({ podHash, stableHash }) => podHash !== stableHash);
      },
    },
    body,
  );

test.concurrent(
  'a release joins an update that another writer began',
  joined({}, async (one) => {
    expect(await one.ended()).toMatchObject({ state: 'succeeded' });
    expect(await textsOf(one)).toContain('joining the update to shop:v2');
  }),
);

test.concurrent(
  'a bad update of another writer is aborted, and its template stays',
  joined(BAD, async (one) => {
    const { state, reason } = await one.ended();
    expect(state).toBe('rolled-back');
    expect(reason).toContain('put shop:v1 back where it came from');
    expect(one.world.snapshot()).toMatchObject({ image: 'shop:v2', weight: 0 });
  }),
);

test.concurrent('a release joins an update that the controller has not seen yet', () =>
  withRelease(
    temporal,
    {
      world: { strategy: 'canary', steps: UNTIMED },
      spec: { strategy: 'watched-canary' },
      beforeStart: async (one) => {
        one.world.controllerDown(true);
        one.world.foreignImage('shop:v2');
      },
    },
    async (one) => {
      one.world.controllerDown(false);
      expect(await one.ended()).toMatchObject({ state: 'succeeded' });
      expect(await textsOf(one)).toContain('joining the update to shop:v2');
    },
  ));
