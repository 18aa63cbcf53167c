import { expect, test } from '@jest/globals';
import { buildReport } from '../../../src/domain/report/build-report.ts';
import type { Bucket, Comparison, ReleaseReport } from '../../../src/domain/report/report.ts';
import { summarySentences } from '../../../src/domain/report/summary-sentences.ts';
import { AT } from '../../support/fake-gateway.ts';
import { recordedRelease } from '../../support/report/recorded-release.ts';

const known = buildReport(recordedRelease()) as ReleaseReport;
const share = (hits: number, of: number) => ({ hits, of, low: 0, high: 1 });
const bucket = (
  candidate: [number, number],
  stable: [number, number],
): Bucket<Comparison['buckets'][number]['value']> => ({
  from: AT,
  to: AT + 1000,
  value: { candidate: share(...candidate), stable: share(...stable) },
});
const errors: Comparison = {
  name: 'errors',
  counted: 'answers with an error',
  source: 'blocks',
  buckets: [bucket([4, 20], [0, 200]), bucket([5, 24], [0, 210])],
};

function report(release: Partial<ReleaseReport['release']>, more: Partial<ReleaseReport> = {}): ReleaseReport {
  const head = { ...known.release, previous: 'shop:v1', image: 'shop:v3', ...release };
  return { ...known, comparisons: [errors], verdicts: [], ...more, release: head };
}

test('a rollback says what failed, where the users are and how long some were on the new version', () => {
  const wanted = [
    { at: AT, weight: 0 },
    { at: AT + 1000, weight: 20 },
    { at: AT + 13_000, weight: 0 },
  ];
  const weights = { wanted, proofs: [], measured: [] };

  expect(summarySentences(report({ state: 'rolled-back' }, { weights }))).toEqual([
    'Failed answers: 9 of 44 answers (20 %) of shop:v3, and none of 410 answers of shop:v1.',
    'All users were on shop:v1 again at 10:00:13 UTC; up to 20 % of them were on shop:v3 for 12 s.',
  ]);
});

test('a slow version is told by its slow answers', () => {
  const slow = { ...errors, name: 'slow-300ms' };
  const verdict = {
    ...(known.verdicts[0] as ReleaseReport['verdicts'][number]),
    outcome: 'fail' as const,
    findings: [{ metric: 'slow-300ms', outcome: 'fail' as const, reason: 'slow' }],
  };

  expect(
    summarySentences(report({ state: 'aborting' }, { comparisons: [errors, slow], verdicts: [verdict] }))[0],
  ).toMatch(/^Answers slower than 300 ms: 9 of 44/);
});

test.each([
  ['succeeded', {}, 'all users (100 %) were on shop:v3.'],
  ['refused', {}, 'Nothing was changed: all users stayed on shop:v1.'],
  ['superseded', {}, 'Somebody set another version than shop:v3, and the release left it alone.'],
  ['soaking', { users: 10 }, 'At the moment 10 % of the users are meant to be on shop:v3.'],
  [
    'waiting-for-decision',
    { users: 10, waiting: { for: 'promotion', answers: ['promote', 'abort'] } },
    'At the moment 10 % of the users are meant to be on shop:v3, and the release waits for an answer: promote, abort.',
  ],
] as const)('%s says where the users are', (state, release, sentence) => {
  expect(summarySentences(report({ state, ...release })).at(-1)).toContain(sentence);
});
