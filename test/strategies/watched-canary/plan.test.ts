import { expect, test } from '@jest/globals';
import { preflightChecks } from '../../../src/domain/release/preflight.ts';
import type { Facts, RolloutFacts } from '../../../src/domain/release/preflight-facts.ts';
import type { Revision } from '../../../src/domain/rollout.ts';
import { rules } from '../../../src/strategies/watched-canary/plan.ts';
import { releaseSpec } from '../../support/builders.ts';
import { canaryFacts } from '../../support/builders-preflight.ts';

const STEPS = [{ setWeight: 25 }, { pause: { seconds: 60 } }, { other: 'analysis' }];
const UNDER_WAY: Partial<RolloutFacts> = {
  steps: STEPS,
  images: { app: 'shop:v2' },
  podHash: 'new',
  phase: 'Progressing',
};

const revision = (podHash: string, image: string, templateDigest: string): Revision => ({
  revision: 1,
  podHash,
  images: { app: image },
  templateDigest,
  createdAt: '2026-11-29T00:00:00Z',
  replicas: { desired: 1, ready: 1 },
  replicaSet: `shop-${podHash}`,
  scaleDownDue: false,
});
const REVISIONS = [revision('old', 'shop:v1', 'a'), revision('new', 'shop:v2', 'b')];

function planned(
  changes: Partial<RolloutFacts>,
  facts: Partial<Facts> = {},
  spec = releaseSpec({ strategy: 'watched-canary' }),
) {
  const { checks, plan } = preflightChecks(spec, { ...canaryFacts(changes), ...facts }, rules);
  return {
    plan,
    failed: checks.filter(({ ok }) => !ok),
    of: (name: string) => checks.find((one) => one.name === name),
  };
}

test("Argo's own steps are the plan, whatever they are", () => {
  const { plan, of } = planned({ steps: STEPS });
  expect(plan?.steps).toEqual([{ weight: 25, watched: { first: 0, last: 2 } }]);
  expect(of('steps')?.detail).toBe("Argo's own steps and times: weights 25, then 100");
});

test('an update to the image that is under way is joined, even if more than the image differs', () => {
  const { plan, failed, of } = planned(UNDER_WAY, { revisions: REVISIONS });
  expect(failed).toEqual([]);
  expect(plan).toMatchObject({ joined: true, fromImage: 'shop:v1', toImage: 'shop:v2' });
  expect(plan?.templateImage).toBeUndefined();
  expect(of('image')?.detail).toBe('app: shop:v1 → shop:v2; its update is under way, and the release joins it');
});

test.each<[string, Partial<RolloutFacts>, string]>([
  ['was aborted', { aborted: true, phase: 'Degraded' }, 'image'],
  ['makes no progress', { phase: 'Degraded' }, 'health'],
  ['is of another image', { images: { app: 'shop:v3' } }, 'image'],
])('an update that %s is not joined', (_what, changes, check) => {
  const { plan, failed } = planned({ ...UNDER_WAY, ...changes }, { revisions: REVISIONS });
  expect(plan).toBeUndefined();
  expect(failed.map(({ name }) => name)).toContain(check);
});

test('a Rollout without a weight is refused with steps to add', () => {
  const { failed } = planned({ steps: [{ pause: {} }] });
  expect(failed).toEqual([expect.objectContaining({ name: 'steps', next: expect.stringContaining('"setWeight"') })]);
});

test('without auto-rollback the plan warns that Argo goes on with a bad version', () => {
  const spec = releaseSpec({ strategy: 'watched-canary', autoRollback: false });
  expect(planned({ steps: STEPS }, {}, spec).of('rollback')).toMatchObject({ ok: true, next: expect.any(String) });
});
