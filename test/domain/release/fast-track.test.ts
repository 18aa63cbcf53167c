import { expect, test } from '@jest/globals';
import type { Facts, RolloutFacts } from '../../../src/domain/release/preflight-facts.ts';
import { fastTrackCheck, skipsSteps } from '../../../src/domain/release/fast-track.ts';
import type { Revision } from '../../../src/domain/rollout.ts';
import { blueGreenFacts, canaryFacts } from '../../support/builders-preflight.ts';
import { releaseSpec } from '../../support/builders.ts';

/** Versions v1, v2, … in the order of their creation; the last one is stable. */
function revisions(count: number, scaleDownDue: readonly number[] = []): Revision[] {
  return Array.from({ length: count }, (_, index) => ({
    revision: index + 1,
    podHash: index + 1 === count ? 'old' : `hash-${index + 1}`,
    images: { app: `shop:v${index + 1}` },
    templateDigest: 'same',
    createdAt: new Date(Date.UTC(2026, 10, 1, 10, index)).toISOString(),
    replicas: { desired: 0, ready: 0 },
    replicaSet: `shop-${index + 1}`,
    scaleDownDue: scaleDownDue.includes(index + 1),
  }));
}

const canary = (changes: Partial<RolloutFacts>, found: Facts['revisions']): Facts => ({
  ...canaryFacts({ images: { app: 'shop:v4' }, ...changes }),
  ...(found === undefined ? {} : { revisions: found }),
});
const blueGreen = (found: Facts['revisions']): Facts => ({
  ...blueGreenFacts({ images: { app: 'shop:v4' } }),
  ...(found === undefined ? {} : { revisions: found }),
});
const spec = (image: string, acceptFastTrack?: true) =>
  releaseSpec({ image, ...(acceptFastTrack ? { acceptFastTrack } : {}) });

test.each([
  // Between v1 and v4 are two ReplicaSets.
  ['shop:v1', 3, false],
  ['shop:v1', 2, true],
  ['shop:v2', 2, false],
  ['shop:v3', 1, false],
  ['shop:v2', 1, true],
  ['shop:v9', 3, true],
] as const)('an image %s with a window of %d: passes %s', (image, rollbackWindow, passes) => {
  const [check] = fastTrackCheck(spec(image), canary({ rollbackWindow }, revisions(4)), 'app');
  expect(check).toMatchObject({ name: 'fast track', ok: passes });
  if (!passes) expect(check?.next).toContain('spec.rollbackWindow');
});

test('the version that is created after the stable one is no rollback for Argo', () => {
  const found = revisions(4).map((each) => ({ ...each, podHash: each.revision === 2 ? 'old' : `h${each.revision}` }));
  const facts = canary({ rollbackWindow: 9, images: { app: 'shop:v2' } }, found);
  expect(fastTrackCheck(spec('shop:v3'), facts, 'app')).toMatchObject([{ ok: true }]);
  expect(fastTrackCheck(spec('shop:v1'), facts, 'app')).toMatchObject([{ ok: false }]);
});

test('another container of the pod makes it another version', () => {
  const facts = canary({ rollbackWindow: 3, images: { app: 'shop:v4', proxy: 'proxy:2' } }, revisions(4));
  expect(fastTrackCheck(spec('shop:v3'), facts, 'app')).toMatchObject([{ ok: true }]);
});

test('a template that differs in more than its image is another version', () => {
  const found = revisions(4).map((each) => (each.revision === 3 ? { ...each, templateDigest: 'other' } : each));
  expect(fastTrackCheck(spec('shop:v3'), canary({ rollbackWindow: 3 }, found), 'app')).toMatchObject([{ ok: true }]);
  expect(fastTrackCheck(spec('shop:v2'), canary({ rollbackWindow: 3 }, found), 'app')).toMatchObject([{ ok: false }]);
});

test('a canary without a window has no such check', () => {
  expect(fastTrackCheck(spec('shop:v3'), canary({}, revisions(4, [3])), 'app')).toEqual([]);
});

test('a blue-green version whose pods still wait for their removal is switched to at once', () => {
  expect(fastTrackCheck(spec('shop:v3'), blueGreen(revisions(4, [3])), 'app')).toMatchObject([
    { ok: false, detail: expect.stringContaining('shop-3'), next: expect.stringContaining('scaleDownDelaySeconds') },
  ]);
  expect(fastTrackCheck(spec('shop:v3'), blueGreen(revisions(4)), 'app')).toMatchObject([{ ok: true }]);
});

test('a release that accepts it is planned, with a warning', () => {
  expect(fastTrackCheck(spec('shop:v3', true), blueGreen(revisions(4, [3])), 'app')).toMatchObject([
    { ok: true, next: expect.stringContaining('unjudged') },
  ]);
});

test('only a release that accepts a shortcut skips its steps', () => {
  const found = (accept?: true) => fastTrackCheck(spec('shop:v3', accept), blueGreen(revisions(4, [3])), 'app');
  expect([skipsSteps(found(true)), skipsSteps(found())]).toEqual([true, false]);
  expect(skipsSteps(fastTrackCheck(spec('shop:v3', true), blueGreen(revisions(4)), 'app'))).toBe(false);
});

test('ReplicaSets that cannot be read are no proof that there is none', () => {
  const facts = canary({ rollbackWindow: 3 }, 'may not list replicasets');
  expect(fastTrackCheck(spec('shop:v3'), facts, 'app')).toMatchObject([
    { ok: false, detail: expect.stringContaining('may not list replicasets') },
  ]);
  expect(fastTrackCheck(spec('shop:v3', true), facts, 'app')).toMatchObject([{ ok: true }]);
});
