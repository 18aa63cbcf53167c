import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { joinVerdicts } from '../../../src/domain/analysis/join-verdicts.ts';
import { JUDGED, type Finding, type Judged, type Verdict } from '../../../src/domain/analysis/verdict.ts';

const found = (metric: string, outcome: Judged): Finding => ({ metric, outcome, reason: `${metric} is ${outcome}` });
const fixed = (...findings: Finding[]): Verdict => ({
  outcome: findings[0]?.outcome ?? 'pass',
  reason: 'fixed',
  findings,
  candidate: { requests: 9, errors: 1 },
  from: 1,
  to: 2,
});

test('both must pass, and the counts stay', () => {
  const joined = joinVerdicts(fixed(found('p95', 'pass')), { outcome: 'pass', findings: [found('errors', 'pass')] });

  expect(joined).toEqual({
    outcome: 'pass',
    reason: 'p95 is pass; errors is pass',
    findings: [found('p95', 'pass'), found('errors', 'pass')],
    candidate: { requests: 9, errors: 1 },
    from: 1,
    to: 2,
  });
});

test('a fixed limit fails what the comparison passes, and says only why', () => {
  expect(
    joinVerdicts(fixed(found('p95', 'fail')), { outcome: 'pass', findings: [found('errors', 'pass')] }),
  ).toMatchObject({ outcome: 'fail', reason: 'p95 is fail' });
});

test('where no limit is set the comparison alone decides', () => {
  for (const outcome of JUDGED)
    expect(joinVerdicts(fixed(), { outcome, findings: [found('errors', outcome)] }).outcome).toBe(outcome);
});

test('an outcome that no finding shares is explained by all of them', () => {
  expect(
    joinVerdicts(fixed(), {
      outcome: 'fail',
      findings: [found('errors', 'inconclusive'), found('slow-300ms', 'inconclusive')],
    }).reason,
  ).toBe('errors is inconclusive; slow-300ms is inconclusive');
  expect(joinVerdicts(fixed(), { outcome: 'no-data', findings: [] }).reason).toBe('nothing was measured');
});

test('a pass needs a pass of both, and a failure of one is enough', () => {
  const outcome = fc.constantFrom(...JUDGED);
  fc.assert(
    fc.property(outcome, outcome, (one, other) => {
      const joined = joinVerdicts(fixed(found('p95', one)), { outcome: other, findings: [found('errors', other)] });
      expect(joined.outcome === 'pass').toBe(one === 'pass' && other === 'pass');
      expect(joined.outcome === 'fail').toBe(one === 'fail' || other === 'fail');
      expect([one, other]).toContain(joined.outcome);
    }),
  );
});
