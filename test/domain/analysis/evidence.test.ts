import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { START, type Process } from '../../../src/domain/analysis/block-test.ts';
import {
  conclude,
  logMeanWorse,
  weigh,
  type Evidence,
  type SequentialSpec,
} from '../../../src/domain/analysis/evidence.ts';

const SPEC: SequentialSpec = {
  questions: [
    { name: 'errors', delta: 0.01, weight: 0.5 },
    { name: 'slow', delta: 0.05, weight: 0.5 },
  ],
  alphaWorse: 0.05,
  alphaNotWorse: 0.05,
};

const at = (logE: number): Process => ({ ...START, logE });
const evidence = (errors: [number, number], slow: [number, number]): Evidence => ({
  errors: { worse: at(errors[0]), notWorse: at(errors[1]) },
  slow: { worse: at(slow[0]), notWorse: at(slow[1]) },
});
const ALPHA = Math.log(20);

describe('one budget for all questions', () => {
  test.each([
    ['nothing known', evidence([0, 0], [0, 0]), 'open'],
    ['one question alone must carry twice the evidence', evidence([ALPHA + 0.1, 0], [-50, 0]), 'open'],
    ['one question carries twice the evidence', evidence([ALPHA + Math.log(2) + 0.01, 0], [-50, 0]), 'fail'],
    ['both carry it', evidence([ALPHA + 0.01, 0], [ALPHA + 0.01, 0]), 'fail'],
    ['one not-worse proved', evidence([0, ALPHA + 1], [0, 1]), 'open'],
    ['both not-worse proved', evidence([0, ALPHA + 1], [0, ALPHA + 1]), 'pass'],
    ['bad evidence wins over good', evidence([99, ALPHA + 1], [0, ALPHA + 1]), 'fail'],
  ] as const)('%s', (_, seen, expected) => {
    expect(conclude(SPEC, seen)).toBe(expected);
  });

  test('the mean of e-values stays finite where e-values do not', () => {
    expect(logMeanWorse(SPEC.questions, evidence([5000, 0], [-5000, 0]))).toBeCloseTo(5000 - Math.log(2), 9);
  });
});

test('a block without one of the questions leaves that question as it was', () => {
  const block = { candidate: { requests: 100, bad: 3 }, stable: { requests: 900, bad: 9 } };
  const first = weigh(SPEC, {}, { errors: block, slow: block });
  const second = weigh(SPEC, first, { errors: block });

  expect(second['slow']).toEqual(first['slow']);
  expect(second['errors']?.worse.blocks).toBe(2);
});

test('a greater dispersion never makes evidence stronger', () => {
  const arm = fc
    .integer({ min: 1, max: 300 })
    .chain((requests) => fc.record({ requests: fc.constant(requests), bad: fc.integer({ min: 0, max: requests }) }));
  fc.assert(
    fc.property(
      fc.array(fc.record({ candidate: arm, stable: arm }), { minLength: 1, maxLength: 6 }),
      fc.double({ min: 1, max: 20, noNaN: true }),
      (blocks, phi) => {
        const end = (by: number) =>
          blocks.reduce<Evidence>((seen, block) => weigh(SPEC, seen, { errors: block }, { errors: by }), {})['errors']
            ?.worse.logE ?? 0;
        expect(Math.abs(end(phi))).toBeLessThanOrEqual(Math.abs(end(1)) + 1e-9);
      },
    ),
  );
});
