import { afterAll, expect, jest, test } from '@jest/globals';
import { DEPLOYMENT, ROLLOUT } from '../../src/adapters/kubernetes/kinds.ts';
import type { FakeWorldOptions, Strategy } from '../support/fake-world-options.ts';
import { startTestTemporal } from '../support/temporal.ts';
import { TEST_MS, withRelease, type ReleaseUnderTest } from '../support/workflow-release.ts';

jest.setTimeout(TEST_MS);
const temporal = await startTestTemporal();
afterAll(() => temporal.stop());

const WORLDS: readonly (readonly [string, FakeWorldOptions & { readonly strategy: Strategy }])[] = [
  ['canary', { strategy: 'canary' }],
  ['blue-green', { strategy: 'blue-green' }],
  ['canary with workloadRef', { strategy: 'canary', workloadRef: true }],
];
const BAD = { versions: { 'shop:v2': { errorShare: 0.5 } } };
const sidecars = { logs: 'logs:1', proxy: 'envoy:1' };
const furtherImages = { logs: 'logs:2', proxy: 'envoy:1' };

function imagesOf({ world }: ReleaseUnderTest): Record<string, string> {
  const { namespace, rollout: name } = world.target;
  const { workloadRef } = world.cluster.peek({ kind: ROLLOUT, namespace, name }).spec as { workloadRef?: object };
  const { spec } = world.cluster.peek({ kind: workloadRef ? DEPLOYMENT : ROLLOUT, namespace, name });
  const { containers } = (spec as { template: { spec: { containers: { name: string; image: string }[] } } }).template
    .spec;
  return Object.fromEntries(containers.map(({ name: container, image }) => [container, image]));
}

test.concurrent.each(WORLDS)('%s: the images of the release file change together', (_, world) => {
  const spec = { strategy: world.strategy, container: 'app', furtherImages };
  return withRelease(temporal, { world: { ...world, sidecars }, spec }, async (one) => {
    expect(await one.ended()).toEqual({ state: 'succeeded', reason: 'shop:v2 is stable' });
    expect(imagesOf(one)).toEqual({ app: 'shop:v2', logs: 'logs:2', proxy: 'envoy:1' });
    expect(one.world.violations).toEqual([]);
  });
});

test.concurrent.each(WORLDS)('%s: a rollback puts all of them back', (_, world) => {
  const spec = { strategy: world.strategy, container: 'app', furtherImages };
  return withRelease(temporal, { world: { ...world, ...BAD, sidecars }, spec }, async (one) => {
    expect(await one.ended()).toMatchObject({ state: 'rolled-back' });
    expect(imagesOf(one)).toEqual({ app: 'shop:v1', ...sidecars });
    expect(one.world.snapshot()).toMatchObject({ weight: 0, phase: 'Healthy' });
    expect(one.world.violations).toEqual([]);
  });
});
