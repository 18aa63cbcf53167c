import { expect, test } from '@jest/globals';
import type { TimedBlock } from '../../../src/domain/analysis/blocks.ts';
import { addBlocks, startJudge } from '../../../src/domain/analysis/running-judge.ts';
import { isNewPoint } from '../../../src/domain/analysis/thinned-trail.ts';
import type { TrailPoint } from '../../../src/domain/analysis/trail.ts';

const SETTINGS = { alpha: 0.05, errorsMargin: 0.01, slowMargin: 0.05, slowerThanMs: [] };
const START = 3_600_000;

/** The trail of one proxy that is scraped each second for ten minutes. */
function trailOf(bad: number): readonly TrailPoint[] {
  const blocks = Array.from(
    { length: 600 },
    (_, index): TimedBlock => ({
      from: START + index * 1_000,
      to: START + (index + 1) * 1_000,
      instance: 'a',
      questions: { errors: { candidate: { requests: 10, bad: 10 * bad }, stable: { requests: 40, bad: 0 } } },
    }),
  );
  const state = startJudge(SETTINGS, [], [], START);
  return addBlocks(SETTINGS, state, blocks, { weight: 20, from: START }).trail;
}

const counted = (trail: readonly TrailPoint[]) =>
  trail.reduce((sum, { questions }) => sum + (questions['errors']?.block.candidate.requests ?? 0), 0);

test('the trail has fewer and fewer points, which hold everything that was counted until then', () => {
  const trail = trailOf(0);
  const last = trail.at(-1) as TrailPoint;

  expect(trail.length).toBeLessThan(90);
  expect(counted(trail)).toBe(((last.at - START) / 1_000) * 10);
});

test('the block that decides is a point of its own, whatever the interval', () => {
  const bound = -Math.log(SETTINGS.alpha);
  const trail = trailOf(0.03);
  const decided = trail.findIndex(({ worse }) => worse >= bound);
  const { at } = trail[decided] as TrailPoint;

  expect(decided).toBeGreaterThan(0);
  expect(counted(trail.slice(0, decided + 1))).toBe(((at - START) / 1_000) * 10);
});

test('the first seconds have every block, later ones are a tenth of the age apart', () => {
  expect(isNewPoint(0, undefined, 1)).toBe(true);
  expect(isNewPoint(0, 9_000, 10_000)).toBe(true);
  expect(isNewPoint(0, 90_000, 99_000)).toBe(false);
  expect(isNewPoint(0, 90_000, 100_000)).toBe(true);
});
