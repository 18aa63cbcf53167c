import { existsSync, readFileSync } from 'node:fs';

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export const NONE: Counts = { passed: 0, failed: 0, skipped: 0 };

/** The fields of Jest's JSON result that are counted. */
interface JestResult {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  /** Files that failed to load. Jest counts none of their tests, so each file counts as one failure here. */
  readonly numRuntimeErrorTestSuites: number;
}

export function countsOf(result: JestResult): Counts {
  return {
    passed: result.numPassedTests,
    failed: result.numFailedTests + result.numRuntimeErrorTestSuites,
    skipped: result.numPendingTests + result.numTodoTests,
  };
}

/** If Jest ended with an error, the counts always contain a failure, even if it wrote no result or a green one. */
export function readCounts(file: string, exitCode: number): Counts {
  const counts = existsSync(file) ? countsOf(JSON.parse(readFileSync(file, 'utf8')) as JestResult) : NONE;
  return exitCode !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;
}

export function add(a: Counts, b: Counts): Counts {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped };
}

/** The last line of `npm test`. */
export function countsLine(counts: Counts): string {
  return `${counts.passed} passed, ${counts.failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}`;
}

/** Green only when something ran and nothing failed. */
export function exitCodeOf(counts: Counts): number {
  return counts.failed === 0 && counts.passed > 0 ? 0 : 1;
}
