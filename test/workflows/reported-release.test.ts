import { afterAll, expect, jest, test } from '@jest/globals';
import type { ReleaseView } from '../../src/domain/release/view.ts';
import type { SpecChanges } from '../support/builders.ts';
import type { FakeWorldOptions } from '../support/fake-world-options.ts';
import { BY_METRIC as ANALYSIS, expectTakenBack, reportedRelease } from '../support/reported-release.ts';
import { startTestTemporal } from '../support/temporal.ts';
import { TEST_MS, type ReleaseUnderTest } from '../support/workflow-release.ts';

jest.setTimeout(TEST_MS);
const temporal = await startTestTemporal();
afterAll(() => temporal.stop());

const STEPS = [{ setWeight: 50 }, { pause: { duration: 100_000 } }];

/** A release whose traffic Argo alone divides. `errors`: what the user's metric answers; undefined: nothing. */
const reported =
  (
    world: FakeWorldOptions,
    errors: number | undefined,
    spec: SpecChanges,
    body: (one: ReleaseUnderTest) => Promise<void>,
  ) =>
  () =>
    reportedRelease(
      temporal,
      { world: { steps: STEPS, ...world }, spec: { strategy: 'watched-canary', ...spec }, errors },
      body,
    );

const hasPassed = ({ reason }: ReleaseView) => reason.endsWith('by its own steps');

test.concurrent.each(['pods', 'nginx'] as const)('a good version passes by its own metric, divided by %s', (router) =>
  reported({ router }, 0, {}, async (one) => {
    const held = await one.until(hasPassed);
    expect(held.plan).toMatchObject({ controllerOnly: true });
    expect(held.proof).toMatchObject({ wanted: 50, rollout: 50, effective: 'reported', replicas: [] });
    expect(held.proof?.reason).toMatch(/^Argo reports .*; no proxy was read$/);
    expect(held.verdict?.findings.map(({ metric, outcome }) => `${metric} ${outcome}`)).toEqual(['errors pass']);
    one.world.endPause();
    expect(await one.ended()).toEqual({ state: 'succeeded', reason: 'shop:v2 is stable' });
    expect((await one.view()).proof).toMatchObject({ wanted: 0, effective: 'reported' });
    expect(one.world.violations).toEqual([]);
    // Nobody has asked for counters, which do not exist.
    expect(one.world.calls).not.toContain('evidence.counters');
  })(),
);

test.concurrent.each(['pods', 'nginx'] as const)('a bad version is aborted, divided by %s', (router) =>
  reported({ router }, 0.5, {}, async (one) => {
    await expectTakenBack(one);
  })(),
);

test.concurrent(
  'a metric without data never passes a weight, and a person is asked',
  reported({}, undefined, { analysis: { ...ANALYSIS, holdMs: 50 } }, async (one) => {
    const asked = await one.until(({ waiting }) => waiting?.for === 'decision');
    expect(asked.verdict).toMatchObject({ outcome: 'no-data' });
    await one.update('abort');
    expect(await one.ended()).toMatchObject({ state: 'rolled-back' });
  }),
);

test.concurrent(
  'without a metric the release is refused and nothing is changed',
  reported({}, 0, { analysis: { ...ANALYSIS, metrics: [] } }, async (one) => {
    const { state, reason } = await one.ended();
    expect(`${state}: ${reason}`).toMatch(/^refused: .*the release file has no metric/);
    expect(one.world.snapshot()).toMatchObject({ image: 'shop:v1', rolloutOwner: undefined });
  }),
);
