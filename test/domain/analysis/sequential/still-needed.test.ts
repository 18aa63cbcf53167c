import { expect, test } from '@jest/globals';
import { addBlocks, startJudge, verdictOf } from '../../../../src/domain/analysis/running-judge.ts';
import { stillNeeded } from '../../../../src/domain/analysis/sequential/still-needed.ts';
import type { Finding } from '../../../../src/domain/analysis/verdict.ts';
import { needWords } from '../../../../src/domain/release/need-words.ts';
import { present } from '../../../../src/domain/release/present.ts';
import { aView } from '../../../support/fake-gateway.ts';

const SETTINGS = { alpha: 0.05, errorsMargin: 0.01, slowMargin: 0.05 };
const BLOCK_MS = 15_000;
/** Of the new version in one block, and of stable. */
const [NEW, STABLE] = [60, 240];
const HOUR_MS = 3_600_000;

/** What is said after each block of a version with this share of bad answers, until it passes. */
function course(bad: { candidate: number; stable: number }) {
  const block = (from: number, candidates: number) => ({
    from,
    to: from + BLOCK_MS,
    instance: 'a',
    questions: {
      errors: {
        candidate: { requests: candidates, bad: candidates * bad.candidate },
        stable: { requests: STABLE, bad: STABLE * bad.stable },
      },
    },
  });
  const past = Array.from({ length: HOUR_MS / BLOCK_MS }, (_, index) => block(index * BLOCK_MS, 0));
  let state = startJudge(SETTINGS, past, [], HOUR_MS);
  const said: { seen: number; requests: number | undefined }[] = [];
  for (let count = 1; count < 60; count += 1) {
    const now = HOUR_MS + count * BLOCK_MS;
    const step = { weight: 20, from: HOUR_MS };
    state = addBlocks(SETTINGS, state, [block(now - BLOCK_MS, NEW)], step).state;
    const { outcome, findings } = verdictOf(SETTINGS, state, { inStep: count * NEW, minRequests: 1, known: [] });
    if (outcome === 'pass') return { said, passed: count * NEW };
    said.push({ seen: count * NEW, requests: stillNeeded(findings, count * BLOCK_MS)?.requests });
  }
  return { said, passed: undefined };
}

test.each([
  ['without any error', { candidate: 0, stable: 0 }],
  ['with the errors of stable', { candidate: 0.002, stable: 0.002 }],
])('a version %s passes about when it was said that it would', (_, bad) => {
  const { said, passed } = course(bad);

  expect(passed).toBeDefined();
  for (const { seen, requests } of said) {
    const foretold = seen + (requests ?? Infinity);
    expect(foretold).toBeGreaterThan(0.75 * (passed as number));
    expect(foretold).toBeLessThan(1.25 * (passed as number));
  }
});

const evidence = {
  worse: 0,
  notWorse: 0.5,
  bound: 3,
  blocks: 9,
  delta: 0.01,
  phi: 1,
  candidate: { requests: 600, bad: 12 },
  stable: { requests: 6000, bad: 12 },
};
const open: Finding = { metric: 'errors', outcome: 'inconclusive', reason: 'open', evidence };

test('a version that answers worse than its margin is not promised a pass', () => {
  expect(stillNeeded([open], 60_000)).toEqual({ metric: 'errors', field: 'analysis.margins.errors' });
  expect(needWords({ findings: [open], from: 0, to: 60_000 })).toBe(
    'errors is never proved within its margin, as the new version has answered so far. For the next release analysis.margins.errors changes that.',
  );
});

test('nothing is said of a version that has answered nothing yet', () => {
  const unseen = { ...open, evidence: { ...evidence, candidate: { requests: 0, bad: 0 } } };
  expect(stillNeeded([unseen], 60_000)).toBeUndefined();
});

test('too few requests: how many more, how long that takes, and the field', () => {
  const few: Finding = { metric: 'requests', outcome: 'too-little-traffic', measured: 10, limit: 50, reason: 'few' };

  expect(needWords({ findings: [few], from: 0, to: 60_000 })).toBe(
    'the step needs about 40 more requests to the new version (4 min at the rate of this step). For the next release analysis.min_requests changes that.',
  );
  expect(needWords({ findings: [{ ...few, measured: 0 }], from: 0, to: 60_000 })).toContain('none comes now');
  // Nothing was counted in the 30 s of the warm-up, so the rate is twice as high and the time half as long.
  const secondsOf = (words: string | undefined) => Number(/\((\d+) s/.exec(words ?? '')?.[1]);
  const half = [{ ...few, measured: 25 }];
  expect(secondsOf(needWords({ findings: half, from: 0, to: 60_000 }))).toBe(60);
  expect(secondsOf(needWords({ findings: half, from: 0, to: 60_000, countedFrom: 30_000 }))).toBe(30);
});

test('the question that needs the most is named', () => {
  const slow: Finding = { ...open, metric: 'slow-300ms', evidence: { ...evidence, delta: 0.05 } };
  expect(stillNeeded([slow, open], 60_000)?.metric).toBe('errors');
  expect(stillNeeded([slow], 60_000)).toMatchObject({
    metric: 'slow-300ms',
    field: 'analysis.slower_than_ms or analysis.margins.slow',
  });
});

test('nothing is needed where nothing is open for want of requests', () => {
  expect(stillNeeded([{ ...open, outcome: 'pass' }], 60_000)).toBeUndefined();
  expect(stillNeeded([{ metric: 'silence', outcome: 'no-data', reason: 'no sample' }], 60_000)).toBeUndefined();
});

test('what a held step needs comes before the counts of each question, because long reasons are cut at their end', () => {
  const view = aView({
    state: 'judging',
    reason: 'no data, holding: errors: nothing was counted yet',
    verdict: { outcome: 'inconclusive', reason: 'errors: open', findings: [open], from: 0, to: 60_000 },
  });

  expect(present(view).reason).toBe(
    'inconclusive, holding: errors is never proved within its margin, as the new version has answered so far. For the next release analysis.margins.errors changes that. errors: open',
  );
});
