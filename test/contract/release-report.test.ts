import { expect, test } from '@jest/globals';
import { releaseReportFile, toReportFile } from '../../src/contract/release-report.ts';
import { buildReport } from '../../src/domain/report/build-report.ts';
import type { ReleaseReport } from '../../src/domain/report/report.ts';
import { AT } from '../support/fake-gateway.ts';
import { recordedRelease, type Told } from '../support/report/recorded-release.ts';

test.each<readonly [string, Told]>([
  ['went well', {}],
  ['was rolled back', { candidate: { bad: 0.1, slow: 0.1 } }],
  ['is under way', { endsIn: 1 }],
  ['had no traffic', { rate: 0, endsIn: 0 }],
])('a release that %s is what the schema says, as JSON', (_, told) => {
  const file = toReportFile(buildReport(recordedRelease(told)) as ReleaseReport);

  const read = releaseReportFile.safeParse(JSON.parse(JSON.stringify(file)));

  expect(read.error?.issues).toBeUndefined();
  expect(read.data?.release).toMatchObject({
    release_id: 'release/prod/shop/web',
    started_at: new Date(AT).toISOString(),
  });
});

test('labels keep their names, moments are ISO 8601, and what is no number is null', () => {
  const report = buildReport(recordedRelease({ endsIn: 0 })) as ReleaseReport;
  const queries = [
    {
      name: 'mine',
      promql: 'x',
      asked: 1,
      failed: 0,
      answers: [{ at: AT, step: 0, values: [{ labels: { from: 'a', notWorse: 'b' }, value: NaN }] }],
    },
  ];

  expect(toReportFile({ ...report, queries }).queries).toEqual([
    {
      ...queries[0],
      answers: [
        { at: new Date(AT).toISOString(), step: 0, values: [{ labels: { from: 'a', notWorse: 'b' }, value: null }] },
      ],
    },
  ]);
});
