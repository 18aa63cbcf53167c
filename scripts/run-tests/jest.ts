import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../root.mjs';
import type { TestGroup } from './groups.ts';
import { type Counts, readCounts } from './counts.ts';

const JEST = [
  '--experimental-vm-modules',
  '--disable-warning=ExperimentalWarning',
  join('node_modules', 'jest', 'bin', 'jest.js'),
  '--config',
  'jest.config.js',
];
const REPORTER = join(ROOT, 'scripts', 'run-tests', 'progress-reporter.mjs');

/** The group's test files that the arguments select, as Jest itself finds them. */
export function listTests(group: TestGroup, args: readonly string[]): string[] {
  const result = spawnSync(process.execPath, [...JEST, ...only(group), '--listTests', '--passWithNoTests', ...args], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  if (result.status !== 0) throw new Error(`Jest could not list the tests: ${result.stderr.trim()}`);
  return result.stdout.split('\n').filter((line) => line.endsWith('.test.ts'));
}

/** One run of Jest over a group. `stop` ends it early. `done` resolves in any case. */
export interface JestRun {
  readonly done: Promise<Counts>;
  stop(): void;
}

export function runGroup(group: TestGroup, args: readonly string[], resultFile: string): JestRun {
  const reporters = group.progress ? ['--reporters=default', `--reporters=${REPORTER}`] : [];
  const child = spawn(
    process.execPath,
    [
      ...JEST,
      ...only(group),
      ...group.args,
      ...reporters,
      '--passWithNoTests',
      '--json',
      '--outputFile',
      resultFile,
      ...args,
    ],
    {
      cwd: ROOT,
      stdio: 'inherit',
    },
  );
  return { done: ended(child).then((code) => readCounts(resultFile, code)), stop: () => stop(child) };
}

/** Uses a flag instead of paths, so that paths and patterns of the command line still select tests within the group. */
function only(group: TestGroup): string[] {
  return group.folders.map((folder) => `--testMatch=<rootDir>/test/${folder}/**/*.test.ts`);
}

function ended(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

const GRACE_MS = 10_000;

function stop(child: ChildProcess): void {
  child.kill('SIGTERM');
  setTimeout(() => child.kill('SIGKILL'), GRACE_MS).unref();
}
