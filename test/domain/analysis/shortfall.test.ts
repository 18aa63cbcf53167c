import { describe, expect, test } from '@jest/globals';
import { binomialTail } from '../../../src/domain/analysis/binomial.ts';
import {
  addShare,
  NO_SHARE,
  nothingCountedFinding,
  shortfall,
  shortfallFinding,
} from '../../../src/domain/analysis/shortfall.ts';
import type { RivalRoute } from '../../../src/domain/route/rival.ts';

/** Counts of one proxy, block by block. */
const sums = (blocks: readonly (readonly [candidate: number, stable: number])[]) =>
  blocks.reduce((all, [candidate, stable]) => addShare(all, candidate, stable), NO_SHARE);
const repeat = <T>(times: number, one: T): readonly T[] => Array.from({ length: times }, () => one);
const RIVAL: RivalRoute = { place: 'IngressRoute old/shop rule 1', leadsTo: 'Service old/shop', priority: 'higher' };
const SETTINGS = { lost: 0.01, proxies: 2 };

// Exact rational arithmetic: the sum of C(n, i) p^i (1 - p)^(n - i) over i ≤ k, with Python's fractions.
test.each([
  [10, 100, 0.25, 0.0001371005631679502],
  [440, 1058, 0.5, 2.4619504971014217e-8],
  [0, 770, 0.01, 0.00043561200517482556],
  [52, 200, 0.25, 0.6625538399422753],
  [900, 4000, 0.2484, 0.00028965551330222716],
])('P(X ≤ %d) of Binomial(%d, %d) ties out with exact arithmetic', (hits, total, p, expected) => {
  expect(binomialTail(hits, total, p) / expected).toBeCloseTo(1, 9);
});

describe('a counted share below the weight', () => {
  test('is found when 30 % of the answers break off at weight 50 (440 of 1,058 requests)', () => {
    const found = shortfall(sums([[440, 618]]), { ...SETTINGS, weight: 50 });

    expect(found?.measured).toBeCloseTo(0.416, 3);
    expect(found?.wanted).toBe(0.5);
  });

  test('is found when every round robin begins anew before it reaches the new version', () => {
    expect(shortfall(sums(repeat(40, [0, 29])), { ...SETTINGS, weight: 1 })).toBeDefined();
    expect(shortfall(sums(repeat(60, [0, 5])), { ...SETTINGS, weight: 5 })).toBeDefined();
  });

  test('is found early where a steady round robin loses a tenth of the answers', () => {
    const blocks = repeat(8, [
      [44, 50],
      [47, 50],
      [43, 50],
    ] as const).flat();

    expect(shortfall(sums(blocks), { ...SETTINGS, weight: 50 })).toBeDefined();
    // The binomial test alone needs more requests than that.
    expect(binomialTail(1072 + 2, 2272, 0.4975)).toBeGreaterThan(0.001);
  });

  test('is none when the share is that of the weight, steady or as independent choices give it', () => {
    expect(shortfall(sums(repeat(100, [25, 75])), { ...SETTINGS, weight: 25 })).toBeUndefined();
    const uneven = repeat(50, [
      [20, 80],
      [30, 70],
    ] as const).flat();
    expect(shortfall(sums(uneven), { ...SETTINGS, weight: 25 })).toBeUndefined();
  });

  test('is none when the first request of a small weight is still to come', () => {
    expect(shortfall(sums([[0, 198]]), { ...SETTINGS, weight: 1 })).toBeUndefined();
  });

  test('is none above the weight, at the weights 0 and 100, and without requests', () => {
    expect(shortfall(sums([[800, 200]]), { ...SETTINGS, weight: 25 })).toBeUndefined();
    expect(shortfall(sums([[10, 990]]), { ...SETTINGS, weight: 100 })).toBeUndefined();
    expect(shortfall(sums([[0, 1000]]), { ...SETTINGS, weight: 0 })).toBeUndefined();
    expect(shortfall(NO_SHARE, { ...SETTINGS, weight: 50 })).toBeUndefined();
  });

  test('holds the step and names the cause that is known', () => {
    const measured = sums(repeat(40, [0, 29]));
    const found = shortfall(measured, { ...SETTINGS, weight: 1 });
    const finding = shortfallFinding(found as NonNullable<typeof found>, measured, { reloads: 21, sticky: true });

    expect(finding.outcome).toBe('no-data');
    expect(finding.reason).toContain('loaded its configuration 21 times');
    expect(finding.reason).toContain('sticky cookies');
    expect(finding.reason).toContain('or a second route with the same rule');
  });

  test('names the rule of another route, and no longer supposes one where the routes were read', () => {
    const measured = sums(repeat(40, [0, 29]));
    const found = shortfall(measured, { ...SETTINGS, weight: 1 }) as NonNullable<ReturnType<typeof shortfall>>;
    const reasonWith = (rivals: readonly RivalRoute[]) => shortfallFinding(found, measured, { rivals }).reason;

    expect(reasonWith([RIVAL])).toContain('IngressRoute old/shop rule 1 matches the same requests');
    expect(reasonWith([])).not.toContain('second route');
  });
});

test('a step in which nothing was counted names the rules that may get its requests, and is not a finding without one', () => {
  expect(nothingCountedFinding([])).toBeUndefined();
  expect(nothingCountedFinding([RIVAL])).toMatchObject({
    outcome: 'no-data',
    reason: expect.stringContaining('IngressRoute old/shop rule 1'),
  });
});
