import { afterAll, expect, jest, test } from '@jest/globals';
import { DEPLOYMENT } from '../../src/adapters/kubernetes/kinds.ts';
import { imageOf } from '../support/fake-objects.ts';
import type { Strategy } from '../support/fake-world-options.ts';
import { startTestTemporal } from '../support/temporal.ts';
import { TEST_MS, withRelease, type ReleaseUnderTest } from '../support/workflow-release.ts';

jest.setTimeout(TEST_MS);
const temporal = await startTestTemporal();
afterAll(() => temporal.stop());

const STRATEGIES: readonly Strategy[] = ['canary', 'blue-green'];
const BAD = { versions: { 'shop:v2': { errorShare: 0.5 } } };

function deploymentOf({ world }: ReleaseUnderTest): { image: string; owned: boolean } {
  const { namespace, rollout: name } = world.target;
  const { spec, metadata } = world.cluster.peek({ kind: DEPLOYMENT, namespace, name });
  return { image: imageOf(spec), owned: metadata.annotations !== undefined };
}

test.concurrent.each(STRATEGIES)('%s: the image of a workloadRef is released in its Deployment', (strategy) =>
  withRelease(temporal, { world: { strategy, workloadRef: true }, spec: { strategy } }, async (one) => {
    expect(await one.ended()).toEqual({ state: 'succeeded', reason: 'shop:v2 is stable' });
    expect(deploymentOf(one)).toEqual({ image: 'shop:v2', owned: false });
    expect(one.world.snapshot()).toMatchObject({ weight: 0, phase: 'Healthy' });
    expect(one.world.violations).toEqual([]);
  }),
);

test.concurrent.each(STRATEGIES)('%s: a rollback puts the stable image back into the Deployment', (strategy) =>
  withRelease(temporal, { world: { strategy, workloadRef: true, ...BAD }, spec: { strategy } }, async (one) => {
    expect(await one.ended()).toMatchObject({ state: 'rolled-back' });
    expect(deploymentOf(one)).toEqual({ image: 'shop:v1', owned: false });
    expect(one.world.snapshot()).toMatchObject({ weight: 0, phase: 'Healthy' });
    expect(one.world.violations).toEqual([]);
  }),
);

test.concurrent('an image that another writer sets in the Deployment ends the release, and is left', () =>
  withRelease(temporal, { world: { workloadRef: true }, spec: { manualPromotion: true } }, async (one) => {
    await one.until(({ state }) => state === 'waiting-for-decision' || state === 'judging');
    one.world.foreignImage('shop:v9');
    expect(await one.ended()).toMatchObject({ state: 'superseded' });
    expect(deploymentOf(one)).toEqual({ image: 'shop:v9', owned: false });
  }));
