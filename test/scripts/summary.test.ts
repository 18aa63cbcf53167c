import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { ROOT } from '../../scripts/root.mjs';
import { folderTimes, readSummary, summaryOf } from '../../scripts/run-tests/summary.ts';

const file = (path: string, seconds: number, assertions: readonly [string, string][], status = 'passed') => ({
  name: join(ROOT, 'test', path),
  startTime: 1_000,
  endTime: 1_000 + seconds * 1_000,
  status,
  assertionResults: assertions.map(([state, fullName]) => ({ status: state, fullName })),
});

test('the times of the files of a folder are added, and the longest comes first', () => {
  const testResults = [file('cli/a.test.ts', 1, []), file('http/a.test.ts', 2.5, []), file('cli/b.test.ts', 3, [])];

  expect(folderTimes(summaryOf({ testResults }))).toBe('cli 4.0 s, http 2.5 s');
});

test('each failed test has its file, and a file that did not load is a failure too', () => {
  const testResults = [
    file(
      'cli/a.test.ts',
      1,
      [
        ['passed', 'good'],
        ['failed', 'watch ends'],
      ],
      'failed',
    ),
    file('cli/b.test.ts', 1, [], 'failed'),
  ];

  expect(summaryOf({ testResults }).failures).toEqual([
    'test/cli/a.test.ts: watch ends',
    'test/cli/b.test.ts: the file did not load',
  ]);
});

test('a failed test has the first lines of its error, without colours and places in the code', () => {
  const failureMessages = [
    '\u001b[31mExpected: 1\u001b[39m\n\n    Received: 2\n    at Object.<anonymous> (test/a.ts:1:1)',
  ];
  const failing = file('cli/a.test.ts', 1, [], 'failed');
  const testResults = [{ ...failing, assertionResults: [{ status: 'failed', fullName: 'counts', failureMessages }] }];

  expect(summaryOf({ testResults }).failures).toEqual([
    'test/cli/a.test.ts: counts\n      Expected: 1\n          Received: 2',
  ]);
  expect(summaryOf({ testResults: [{ ...failing, message: 'Cannot find module' }] }).failures).toEqual([
    'test/cli/a.test.ts: the file did not load\n      Cannot find module',
  ]);
});

test('a Jest that wrote nothing has no times', () => {
  expect(folderTimes(readSummary('/nowhere/result.json'))).toBe('');
});
