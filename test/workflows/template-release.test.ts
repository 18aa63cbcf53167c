import { afterAll, expect, jest, test } from '@jest/globals';
import { DEPLOYMENT, ROLLOUT, type ObjectRef } from '../../src/adapters/kubernetes/kinds.ts';
import type { FakeWorldOptions, Strategy } from '../support/fake-world-options.ts';
import { startTestTemporal } from '../support/temporal.ts';
import { TEST_MS, withRelease, type ReleaseUnderTest } from '../support/workflow-release.ts';

jest.setTimeout(TEST_MS);
const temporal = await startTestTemporal();
afterAll(() => temporal.stop());

const ENV = [{ name: 'LEVEL', value: 'debug' }];
const templatePatch = {
  metadata: { annotations: { team: 'shop' } },
  spec: { containers: [{ name: 'app', env: ENV, resources: { limits: { memory: '1Gi' } } }] },
};
/** The image stays, and the environment makes the version a bad one. */
const BAD = { versions: { [`shop:v1 ${JSON.stringify(ENV)}`]: { errorShare: 0.5 } } };
const WORLDS: readonly (readonly [string, FakeWorldOptions & { readonly strategy: Strategy }])[] = [
  ['canary', { strategy: 'canary' }],
  ['blue-green', { strategy: 'blue-green' }],
  ['canary with workloadRef', { strategy: 'canary', workloadRef: true }],
];

function holder({ world }: ReleaseUnderTest): ObjectRef {
  const { namespace, rollout: name } = world.target;
  const { workloadRef } = world.cluster.peek({ kind: ROLLOUT, namespace, name }).spec as { workloadRef?: object };
  return { kind: workloadRef ? DEPLOYMENT : ROLLOUT, namespace, name };
}
const templateOf = (one: ReleaseUnderTest) => one.world.cluster.peek(holder(one)).spec['template'];
const BEFORE = { spec: { containers: [{ name: 'app', image: 'shop:v1' }] } };

test.concurrent.each(WORLDS)('%s: environment and resources are released with the same image', (_, world) => {
  const spec = { strategy: world.strategy, image: 'shop:v1', templatePatch };
  return withRelease(temporal, { world, spec }, async (one) => {
    expect(await one.ended()).toEqual({ state: 'succeeded', reason: 'shop:v1 is stable' });
    const [app] = templatePatch.spec.containers;
    expect(templateOf(one)).toEqual({
      metadata: templatePatch.metadata,
      spec: { containers: [{ ...app, image: 'shop:v1' }] },
    });
    expect(one.world.violations).toEqual([]);
  });
});

test.concurrent.each(WORLDS)('%s: a rollback puts the exact template back, with the image', (_, world) => {
  const image = world.workloadRef ? 'shop:v2' : 'shop:v1';
  const versions = { [`${image} ${JSON.stringify(ENV)}`]: { errorShare: 0.5 } };
  const spec = { strategy: world.strategy, image, templatePatch };
  return withRelease(temporal, { world: { ...world, versions }, spec }, async (one) => {
    expect(await one.ended()).toMatchObject({ state: 'rolled-back' });
    expect(templateOf(one)).toEqual(BEFORE);
    expect(one.world.snapshot()).toMatchObject({ weight: 0, phase: 'Healthy' });
    expect(one.world.violations).toEqual([]);
  });
});

test.concurrent('a foreign change of the template, with the same image, ends the release and stays', () => {
  const spec = { image: 'shop:v1', templatePatch, manualPromotion: true };
  return withRelease(temporal, { world: { strategy: 'canary', ...BAD, versions: {} }, spec }, async (one) => {
    await one.until(({ waiting }) => waiting?.for === 'promotion');
    one.world.cluster.update(holder(one), ({ spec: changed }) => {
      const { template } = changed as { template: { spec: { containers: { env?: object[] }[] } } };
      for (const container of template.spec.containers) container.env = [{ name: 'LEVEL', value: 'other' }];
    });
    const { state, reason } = await one.ended();
    expect(state).toBe('superseded');
    expect(reason).toMatch(/shop:v1 with the template [0-9a-f]{16}/);
    expect(JSON.stringify(templateOf(one))).toContain('other');
  });
});
