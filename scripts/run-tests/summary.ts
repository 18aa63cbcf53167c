import { existsSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { ROOT } from '../root.mjs';

/** The fields of Jest's JSON result that the summary uses. Times are epoch milliseconds. */
export interface JestFiles {
  readonly testResults: readonly {
    readonly name: string;
    readonly startTime: number;
    readonly endTime: number;
    readonly status: string;
    /** Why the file did not load. Empty otherwise, or what its tests failed with. */
    readonly message?: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

/** What the run prints about a group besides Jest's own output. */
export interface Summary {
  /** Folder under the tests' folder, and the sum of the times of its files in milliseconds. */
  readonly folders: ReadonlyMap<string, number>;
  /** "test/domain/a.test.ts: name of the test" with the first lines of its error, or that the file did not load. */
  readonly failures: readonly string[];
}

export function readSummary(file: string): Summary {
  return existsSync(file) ? summaryOf(JSON.parse(readFileSync(file, 'utf8')) as JestFiles) : NO_SUMMARY;
}

export const NO_SUMMARY: Summary = { folders: new Map(), failures: [] };

export function summaryOf({ testResults }: JestFiles): Summary {
  const folders = new Map<string, number>();
  for (const { name, startTime, endTime } of testResults) {
    const folder = relative(ROOT, name).split('/')[1] ?? '';
    folders.set(folder, (folders.get(folder) ?? 0) + endTime - startTime);
  }
  return { folders, failures: testResults.flatMap(failuresOf) };
}

function failuresOf({ name, status, message, assertionResults }: JestFiles['testResults'][number]): string[] {
  const file = relative(ROOT, name);
  const failed = assertionResults.filter((one) => one.status === 'failed');
  if (failed.length === 0 && status === 'failed') return [`${file}: the file did not load${beginOf(message)}`];
  return failed.map(({ fullName, failureMessages }) => `${file}: ${fullName}${beginOf(failureMessages?.[0])}`);
}

/** A log is often shown by its end only, so the reason stands there too. */
const SHOWN_LINES = 14;
const SHOWN_WIDTH = 300;

/** The first lines of an error, indented, without colours and places in the code. */
function beginOf(message = ''): string {
  const lines = stripVTControlCharacters(message)
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^\s+at /.test(line));
  return lines
    .slice(0, SHOWN_LINES)
    .map((line) => `\n      ${line.slice(0, SHOWN_WIDTH)}`)
    .join('');
}

/** "domain 12.3 s, config 1.0 s": the folder with the longest time comes first. */
export function folderTimes({ folders }: Summary): string {
  const longestFirst = [...folders].toSorted(([, a], [, b]) => b - a);
  return longestFirst.map(([folder, ms]) => `${folder} ${(ms / 1000).toFixed(1)} s`).join(', ');
}
