import type { TimedBlock } from './blocks.ts';
import type { TrailPoint } from './trail.ts';

/** Counts that no point of the trail holds yet, by proxy. Plain JSON. */
export type PendingCounts = Readonly<Record<string, TimedBlock['questions']>>;

/** The points of a release are apart by this part of its age, so that a week has some 150 of them. */
const PART_OF_AGE = 1 / 10;

/** Whether a point of time `at` is kept when the last kept one is of time `last` (epoch ms). */
export function isNewPoint(startsAt: number, last: number | undefined, at: number): boolean {
  return last === undefined || at - last >= PART_OF_AGE * (at - startsAt);
}

/** The point with what its proxy has counted since the point before. */
export function withPending(point: TrailPoint, pending: TimedBlock['questions'] = {}): TrailPoint {
  const questions = Object.entries(point.questions).map(([name, found]) => {
    const before = pending[name];
    if (!before) return [name, found] as const;
    const { block } = found;
    const add = (arm: 'candidate' | 'stable') => ({
      requests: block[arm].requests + before[arm].requests,
      bad: block[arm].bad + before[arm].bad,
    });
    return [name, { ...found, block: { candidate: add('candidate'), stable: add('stable') } }] as const;
  });
  return { ...point, questions: Object.fromEntries(questions) };
}

export function countsOf({ questions }: TrailPoint): TimedBlock['questions'] {
  return Object.fromEntries(Object.entries(questions).map(([name, { block }]) => [name, block]));
}
