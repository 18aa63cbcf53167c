import { expect, test } from '@jest/globals';

import {
  behaviourOf,
  createAnswering,
  createFailures,
  isBadNow,
  randomFrom,
  tagOf,
} from '../../sandbox/node-agent/behaviour.ts';

test('a plain tag is a good version', () => {
  expect(behaviourOf('shop:v1')).toEqual({
    tag: 'v1',
    errorShare: 0,
    clump: 1,
    addedMs: 0,
    slowShare: 1,
    cutShare: 0,
    badAfterMs: 0,
    badAtWeight: 0,
    onePod: false,
    seed: undefined,
    startMs: 0,
    neverReady: false,
    noImage: false,
    crashMs: undefined,
  });
});

test('modifiers combine in any order', () => {
  const behaviour = behaviourOf('shop:v3-slow-300-errors-2.5-start-4-crash-9-clump-5');

  expect(behaviour).toMatchObject({ errorShare: 0.025, addedMs: 300, startMs: 4_000, crashMs: 9_000, clump: 5 });
});

test.each(['shop:v2-never-ready', 'shop:v2-errors-5-never-ready', 'shop:never-ready-never-ready'])(
  '%s never becomes ready',
  (image) => {
    expect(behaviourOf(image).neverReady).toBe(true);
  },
);

test.each(['shop:errors-are-welcome', 'shop:v1-errors-', 'shop:v1-errors-5x', 'shop:v1-slowly-5', 'shop'])(
  '%s is unknown and therefore good',
  (image) => {
    expect(behaviourOf(image)).toMatchObject({ errorShare: 0, addedMs: 0, neverReady: false });
  },
);

test.each([
  ['registry:5000/shop', 'latest'],
  ['registry:5000/shop:v7', 'v7'],
  ['shop:v7@sha256:0123', 'v7'],
])('the tag of %s is %s', (image, tag) => {
  expect(tagOf(image)).toBe(tag);
});

function sharesOf(image: string, answers: number): { share: number; runs: number } {
  const fails = createFailures(behaviourOf(image), randomFrom(42));
  const outcomes = Array.from({ length: answers }, fails);
  const failed = outcomes.filter(Boolean).length;
  return { share: failed / answers, runs: outcomes.filter((bad, at) => bad && !outcomes[at - 1]).length };
}

test.each(['v1-errors-2', 'v1-errors-20', 'v1-errors-20-clump-10', 'v1-errors-50-clump-4', 'v1-errors-100'])(
  '%s fails about as often as it says',
  (tag) => {
    const wanted = behaviourOf(`shop:${tag}`).errorShare;

    expect(Math.abs(sharesOf(`shop:${tag}`, 100_000).share - wanted)).toBeLessThan(0.015);
  },
);

test('clumped errors come in fewer, longer runs', () => {
  expect(sharesOf('shop:v1-errors-10-clump-10', 50_000).runs).toBeLessThan(
    sharesOf('shop:v1-errors-10', 50_000).runs / 5,
  );
});

test('errors are the same in every run', () => {
  expect(sharesOf('shop:v1-errors-7', 5_000)).toEqual(sharesOf('shop:v1-errors-7', 5_000));
});

test('slow-N with share-N adds to so many answers only', () => {
  const { delayMs } = createAnswering(behaviourOf('shop:v1-slow-150-share-15-seed-3'), 3);
  const slow = Array.from({ length: 20_000 }, delayMs).filter((ms) => ms > 100).length;

  expect(Math.abs(slow / 20_000 - 0.15)).toBeLessThan(0.015);
  expect(createAnswering(behaviourOf('shop:v1-slow-150'), 3).delayMs()).toBeGreaterThan(150);
});

test('a seed decides which answers fail', () => {
  const outcomes = (seed: number) => {
    const { fails } = createAnswering(behaviourOf('shop:v1-errors-20'), seed);
    return Array.from({ length: 200 }, fails);
  };

  expect(behaviourOf('shop:v1-errors-20-seed-7').seed).toBe(7);
  expect(outcomes(7)).toEqual(outcomes(7));
  expect(outcomes(7)).not.toEqual(outcomes(8));
});

test.each([
  ['v2-errors-20-after-30', { ageMs: 29_999 }, false],
  ['v2-errors-20-after-30', { ageMs: 30_000 }, true],
  ['v2-errors-20-at-50', { weight: 49 }, false],
  ['v2-errors-20-at-50', { weight: 50 }, true],
  ['v2-errors-20-one-pod', { isFirstPod: false }, false],
  ['v2-errors-20-one-pod', { isFirstPod: true }, true],
  ['v2-errors-20', {}, true],
])('%s with %j is bad: %s', (tag, now, expected) => {
  expect(isBadNow(behaviourOf(`shop:${tag}`), { ageMs: 0, weight: 0, isFirstPod: false, ...now })).toBe(expected);
});

test('cut-30 breaks off about 30 % of the answers, and others break off none', () => {
  const cuts = (tag: string) => {
    const { breaksOff } = createAnswering(behaviourOf(`shop:${tag}`), 7);
    return Array.from({ length: 10_000 }, breaksOff).filter(Boolean).length;
  };

  expect(Math.abs(cuts('v2-cut-30') - 3_000)).toBeLessThan(200);
  expect(cuts('v2-errors-30')).toBe(0);
});
