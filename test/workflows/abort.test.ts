import { afterAll, expect, jest, test } from '@jest/globals';
import { ROLLOUT } from '../../src/adapters/kubernetes/kinds.ts';
import { startTestTemporal } from '../support/temporal.ts';
import { TEST_MS, TWO_STEPS, withRelease, type ReleaseUnderTest, type Scenario } from '../support/workflow-release.ts';

jest.setTimeout(TEST_MS);
const temporal = await startTestTemporal();
afterAll(() => temporal.stop());

interface Case extends Scenario {
  readonly state: string;
  /** Brings the release into the state and keeps it there. */
  readonly hold: (one: ReleaseUnderTest) => Promise<unknown>;
  /** What must happen before a rollback can end. */
  readonly release?: (one: ReleaseUnderTest) => void;
}

const forPromotion = (one: ReleaseUnderTest) => one.until((view) => view.waiting?.for === 'promotion');

const CASES: readonly Case[] = [
  {
    state: 'starting',
    world: { versions: { 'shop:v2': { readyAfterMs: Infinity } } },
    hold: (one) => one.until('starting'),
  },
  {
    state: 'starting, before the controller has seen the image',
    world: { timing: { reconcileMs: 1_500 }, abortScaleDownDelaySeconds: 300 },
    hold: (one) => one.until(() => one.world.snapshot().image === 'shop:v2'),
  },
  {
    state: 'shifting',
    world: { steps: TWO_STEPS },
    spec: { manualPromotion: true },
    hold: async (one) => {
      await forPromotion(one);
      one.world.controllerDown(true);
      await one.signal('promote');
      await one.until('shifting');
    },
    release: (one) => one.world.controllerDown(false),
  },
  {
    state: 'verifying',
    spec: { approval: true },
    hold: async (one) => {
      await one.until('waiting-for-approval');
      one.world.lagReplica('traefik-2', Infinity);
      await one.update('approve');
      await one.until('verifying');
    },
    release: (one) => one.world.lagReplica('traefik-2', 3),
  },
  { state: 'soaking', spec: { analysis: { soakMs: 60_000 } }, hold: (one) => one.until('soaking') },
  { state: 'judging', hold: async (one) => (one.world.metricsEmpty(true), one.until('judging')) },
  {
    state: 'waiting for a decision',
    spec: { analysis: { holdMs: 50 } },
    hold: async (one) => (one.world.metricsEmpty(true), one.until((view) => view.waiting?.for === 'decision')),
  },
  { state: 'waiting for promotion', spec: { manualPromotion: true }, hold: forPromotion },
  {
    state: 'paused',
    spec: { analysis: { soakMs: 60_000 } },
    hold: async (one) => (await one.until('soaking'), one.update('pause')),
  },
];

for (const strategy of ['canary', 'blue-green'] as const) {
  const cases = CASES.filter((one) => strategy === 'canary' || one.state !== 'shifting');
  test.concurrent.each(cases)(
    `abort of a ${strategy} while $state`,
    async ({ state, hold, release, world = {}, spec = {} }) => {
      const record = `abort-${strategy}-${state.replaceAll(/[^a-z]+/g, '-')}`;
      await withRelease(temporal, { record, world: { ...world, strategy }, spec }, async (one) => {
        await hold(one);
        const outcome = one.update('abort', { who: 'ben', why: 'seen enough' });
        await one.until('aborting');
        release?.(one);
        expect(await outcome).toMatchObject({
          outcome: 'applied',
          detail: expect.stringContaining('traffic is back on shop:v1'),
        });
        expect(await one.ended()).toMatchObject({
          state: 'rolled-back',
          reason: expect.stringContaining('aborted by ben: seen enough'),
        });
        expectOldVersion(one);
      });
    },
  );
}

function expectOldVersion({ world }: ReleaseUnderTest): void {
  const { stableHash, stableSelector, rolloutOwner, trafficOwner, ...rest } = world.snapshot();
  expect(rest).toMatchObject({ image: 'shop:v1', weight: 0, phase: 'Healthy', podHash: stableHash });
  expect({ stableSelector, rolloutOwner, trafficOwner }).toEqual({ stableSelector: stableHash });
  expect(world.violations).toEqual([]);
}

test.concurrent('abort during preflight ends the release before anything was changed', () =>
  withRelease(temporal, { record: 'abort-preflight' }, async (one) => {
    one.world.failCluster(1_000_000);
    await one.until('preflight');
    expect(await one.update('abort')).toMatchObject({
      outcome: 'applied',
      detail: 'ended before anything was changed',
    });
    expect(await one.ended()).toMatchObject({ state: 'refused' });
  }));

test.concurrent('abort while waiting for approval gives the target back', () =>
  withRelease(temporal, { record: 'abort-approval', spec: { approval: true } }, async (one) => {
    await one.until('waiting-for-approval');
    expect(one.world.snapshot().rolloutOwner).toContain(one.id);
    expect(await one.update('abort')).toMatchObject({
      outcome: 'applied',
      detail: 'ended before anything was changed',
    });
    expect(await one.ended()).toMatchObject({ state: 'refused' });
    expect(one.world.snapshot()).toMatchObject({ image: 'shop:v1', rolloutOwner: undefined, trafficOwner: undefined });
  }));

for (const strategy of ['canary', 'blue-green'] as const) {
  test.concurrent(`abort of a ${strategy} after the promotion comes too late`, () =>
    withRelease(
      temporal,
      { record: `abort-too-late-${strategy}`, spec: { manualPromotion: true, strategy } },
      async (one) => {
        await forPromotion(one);
        one.world.lagReplica('traefik-1', Infinity);
        await one.update('promote');
        await one.world.until(({ weight, stableHash, podHash }) => weight === 0 && stableHash === podHash, 60_000);
        const outcome = one.update('abort');
        await one.until((view) => view.commands.some((command) => command.command === 'abort'));
        expect(await outcome).toMatchObject({ outcome: 'refused', detail: expect.stringContaining('too late') });
        one.world.lagReplica('traefik-1', 3);
        expect(await one.ended()).toMatchObject({ state: 'succeeded', reason: expect.stringContaining('too late') });
        expect(one.world.snapshot()).toMatchObject({ image: 'shop:v2', weight: 0, rolloutOwner: undefined });
      },
    ));
}

test.concurrent('a version that is promoted elsewhere while the release starts is finished, not waited for', () =>
  withRelease(temporal, { world: { timing: { weightMs: 60_000 } } }, async (one) => {
    await one.world.until(({ image, podHash, stableHash }) => image === 'shop:v2' && podHash !== stableHash, 60_000);
    promoteFullByHand(one);
    await one.world.until(({ podHash, stableHash }) => podHash === stableHash, 60_000);
    expect(await one.ended()).toMatchObject({
      state: 'succeeded',
      reason: expect.stringMatching(/somebody else promoted it.*not judged: step 1/),
    });
  }));

function promoteFullByHand({ world }: ReleaseUnderTest): void {
  const { namespace, rollout } = world.target;
  world.cluster.update({ kind: ROLLOUT, namespace, name: rollout }, ({ status }) => {
    status['promoteFull'] = true;
  });
}
