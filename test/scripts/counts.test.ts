import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { add, countsLine, countsOf, exitCodeOf, NONE, readCounts } from '../../scripts/run-tests/counts.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-counts-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const result = (passed: number, failed = 0, more = {}) => ({
  numPassedTests: passed,
  numFailedTests: failed,
  numPendingTests: 0,
  numTodoTests: 0,
  numRuntimeErrorTestSuites: 0,
  ...more,
});

test('a file that does not load is a failure although none of its tests ran', () => {
  expect(countsOf(result(3, 0, { numRuntimeErrorTestSuites: 1 }))).toEqual({ passed: 3, failed: 1, skipped: 0 });
});

describe('readCounts', () => {
  const file = join(folder, 'result.json');

  test('a Jest that wrote nothing has failed', () => {
    expect(readCounts(join(folder, 'none.json'), 1)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });

  test('a green result with a bad exit code has failed', () => {
    writeFileSync(file, JSON.stringify(result(5)));
    expect(readCounts(file, 1)).toEqual({ passed: 5, failed: 1, skipped: 0 });
  });

  test('a bad exit code adds nothing to failures that are counted already', () => {
    writeFileSync(file, JSON.stringify(result(5, 2)));
    expect(readCounts(file, 1)).toEqual({ passed: 5, failed: 2, skipped: 0 });
  });
});

describe('the last line', () => {
  test('sums groups and names skipped tests only when there are some', () => {
    const sum = add(countsOf(result(2, 1)), countsOf(result(3)));
    expect(countsLine(sum)).toBe('5 passed, 1 failed');
    expect(countsLine({ ...sum, skipped: 4 })).toBe('5 passed, 1 failed, 4 skipped');
  });

  test('is green only when something passed and nothing failed', () => {
    expect(exitCodeOf({ passed: 1, failed: 0, skipped: 9 })).toBe(0);
    expect(exitCodeOf({ passed: 1, failed: 1, skipped: 0 })).toBe(1);
    expect(exitCodeOf(NONE)).toBe(1);
    expect(exitCodeOf({ passed: 0, failed: 0, skipped: 3 })).toBe(1);
  });
});
