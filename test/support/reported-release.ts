import { expect } from '@jest/globals';
import { ERRORS, type SpecChanges } from './builders.ts';
import { hashOf } from './fake-argo.ts';
import type { FakeWorldOptions } from './fake-world-options.ts';
import type { TestTemporal } from './temporal.ts';
import { withRelease, type ReleaseUnderTest } from './workflow-release.ts';

/** The metric judges alone, and no field needs counts. */
export const BY_METRIC = {
  minSuccessRatio: undefined,
  maxP95Ms: undefined,
  sequential: { alpha: 0.05, errorsMargin: 0.01, slowMargin: 0.05 },
  metrics: [ERRORS],
} as unknown as NonNullable<SpecChanges['analysis']>;

/** What the user's metric answers for shop:v2. */
export function answerErrors({ world: { metrics } }: ReleaseUnderTest, errors: number): void {
  metrics.answers.set(`errors{hash="${hashOf('shop:v2')}"}`, errors);
}

/** A release whose traffic Argo alone divides. `errors`: what the metric answers; undefined: nothing. */
export function reportedRelease(
  temporal: TestTemporal,
  {
    world,
    spec,
    errors,
    beforeStart,
  }: {
    world: FakeWorldOptions;
    spec: SpecChanges;
    errors: number | undefined;
    beforeStart?: (one: ReleaseUnderTest) => Promise<void>;
  },
  body: (one: ReleaseUnderTest) => Promise<void>,
): Promise<void> {
  return withRelease(
    temporal,
    {
      world: { strategy: 'canary', router: 'pods', ...world },
      spec: { analysis: BY_METRIC, ...spec },
      ...(beforeStart && { beforeStart }),
      prepare: (release) => {
        if (errors !== undefined) answerErrors(release, errors);
      },
    },
    body,
  );
}

/** The release has ended as rolled back, because of half of the answers, by the word of the controller. */
export async function expectTakenBack(one: ReleaseUnderTest): Promise<void> {
  const { state, reason } = await one.ended();
  expect(`${state}: ${reason}`).toMatch(/^rolled-back: .*errors is 0\.5/);
  expect(one.world.snapshot()).toMatchObject({ image: 'shop:v1', phase: 'Healthy', rolloutOwner: undefined });
  const { proof } = await one.view();
  expect(proof).toMatchObject({ wanted: 0, rollout: 0, effective: 'reported' });
  expect(proof?.reason).toContain('0 of 2 available pods are not of the stable version');
}
