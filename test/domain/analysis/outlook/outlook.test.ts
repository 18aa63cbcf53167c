import { expect, test } from '@jest/globals';
import { outlookOf } from '../../../../src/domain/analysis/outlook/outlook.ts';
import { trafficOf, type Traffic } from '../../../../src/domain/analysis/outlook/traffic.ts';
import { addBlocks, concludes, startJudge } from '../../../../src/domain/analysis/running-judge.ts';
import type { AnalysisSpec } from '../../../../src/domain/release/plan.ts';
import { DEFAULT_ANALYSIS } from '../../../../src/domain/release/release-input.ts';

const BLOCK_MS = 15_000;
const HOUR_MS = 3_600_000;

/** An hour of stable alone, with 2 % of its answers slower than 250 ms. */
function traffic(perSecond: number, slow = 0.02): Traffic {
  const requests = (perSecond * BLOCK_MS) / 1000;
  const none = { requests: 0, bad: 0 };
  const past = Array.from({ length: HOUR_MS / BLOCK_MS }, (_, index) => ({
    from: index * BLOCK_MS,
    to: (index + 1) * BLOCK_MS,
    instance: 'a',
    questions: {
      errors: { candidate: none, stable: { requests, bad: 0 } },
      'slow-250ms': { candidate: none, stable: { requests, bad: requests * slow } },
    },
  }));
  return trafficOf(perSecond === 0 ? [] : past, [250], { to: HOUR_MS, recentMs: 300_000 });
}

const of = (analysis: Partial<AnalysisSpec>, weights: readonly number[], perSecond: number) =>
  outlookOf(
    { ...DEFAULT_ANALYSIS, ...analysis },
    weights.map((weight) => ({ weight })),
    traffic(perSecond),
    HOUR_MS,
  );

test('it says what is compared, with the bounds that the judge will choose and their margins', () => {
  const { compared, limits, requestsPerSecond } = of({ maxP95Ms: 300, minSuccessRatio: 0.99 }, [20], 20);

  expect(requestsPerSecond).toBe(20);
  expect(compared).toEqual([
    'failed answers, at most 1 point more than stable',
    'answers slower than 250 ms, at most 5 points more than stable',
  ]);
  expect(limits).toEqual(['at least 99 % successes', 'p95 at most 300 ms']);
});

test('a step takes as long as the judge needs to pass a version like stable', () => {
  const { steps } = of({}, [20], 20);
  const { sequential } = DEFAULT_ANALYSIS;
  const { past } = traffic(20);
  let state = startJudge(sequential as NonNullable<typeof sequential>, past, [250], HOUR_MS + 15_000);
  let now = HOUR_MS;
  while (concludes(0.05, state) !== 'pass') {
    const questions = {
      errors: { candidate: { requests: 60, bad: 0 }, stable: { requests: 240, bad: 0 } },
      'slow-250ms': { candidate: { requests: 60, bad: 1.2 }, stable: { requests: 240, bad: 4.8 } },
    };
    const block = { from: now, to: now + BLOCK_MS, instance: 'a', questions };
    state = addBlocks(sequential as NonNullable<typeof sequential>, state, [block], {
      weight: 20,
      from: HOUR_MS,
    }).state;
    now += BLOCK_MS;
  }

  expect(steps).toEqual([{ weight: 20, ms: now - HOUR_MS }]);
});

test('small weights take longer, much traffic takes the soak alone, and little traffic is not promised a pass', () => {
  const [small, large] = of({}, [5, 50], 20).steps;
  expect(small?.ms).toBeGreaterThan(large?.ms as number);
  expect(of({}, [5, 20, 100], 2000).steps.map(({ ms }) => ms)).toEqual([60_000, 60_000, 60_000]);
  expect(of({}, [5], 0.5).steps).toEqual([{ weight: 5 }]);
});

test('fixed limits alone need the soak and the least number of requests', () => {
  const { sequential: _, ...limits } = DEFAULT_ANALYSIS;
  const steps = outlookOf({ ...limits, minSuccessRatio: 0.99 }, [{ weight: 10 }], traffic(2), HOUR_MS).steps;
  expect(steps).toEqual([{ weight: 10, ms: 250_000 }]);
});

test('at weight 100 without any past and any limit the plan says that nothing can judge', () => {
  expect(of({}, [100], 0).steps).toEqual([{ weight: 100, problem: expect.stringContaining('nothing can judge') }]);
  expect(of({ maxP95Ms: 300 }, [100], 0).steps[0]?.problem).toBeUndefined();
});
