// Runs all tests, one group after the other. The last line has the counts of all groups. Paths and Jest's own arguments
// are passed on: `npm test -- test/domain`, `npm test -- -t abort`.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installChromium } from '../chromium.mjs';
import { add, type Counts, countsLine, exitCodeOf, NONE } from './counts.ts';
import { GROUPS, isAskedFor, type TestGroup } from './groups.ts';
import { type JestRun, listTests, runGroup } from './jest.ts';
import { acquireFor } from './programs.ts';
import { endLeftovers } from './leftovers.ts';
import { SharedSandbox } from './sandbox.ts';
import { folderTimes, readSummary } from './summary.ts';

const args = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'sluice-test-'));
const sandbox = new SharedSandbox(folder);
let running: JestRun | undefined;
let interrupted = false;
const failures: string[] = [];

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);

let counts = NONE;
try {
  counts = await runAll();
} finally {
  counts = add(counts, await takeDown(counts.failed > 0));
  if (interrupted) endLeftovers(tmpdir());
  rmSync(folder, { recursive: true, force: true });
  if (failures.length > 0) console.log(['Failed:', ...failures.map((failure) => `  ${failure}`)].join('\n'));
  console.log(countsLine(counts));
  process.exitCode = interrupted ? 130 : exitCodeOf(counts);
}

async function runAll(): Promise<Counts> {
  let sum = NONE;
  for (const group of GROUPS.filter((one) => isAskedFor(one, args))) {
    const files = listTests(group, args);
    if (files.some((file) => file.endsWith('browser.test.ts'))) installChromium();
    if (!interrupted) await acquireFor(files, (line) => console.log(line));
    if (files.length > 0 && !interrupted) sum = add(sum, await run(group, files.length, sum.failed > 0));
  }
  if (sum.passed + sum.failed === 0 && !interrupted)
    console.error('No test ran. Paths are relative to the repository, for example test/domain.');
  return sum;
}

async function run(group: TestGroup, files: number, failedSoFar: boolean): Promise<Counts> {
  console.log(`\n── ${group.name}: ${files} test file${files === 1 ? '' : 's'} ──`);
  const ready = group.sandbox !== 'shared' || (await sandboxIsUp());
  const left = group.sandbox === 'own' ? await takeDown(failedSoFar) : NONE;
  // The user pressed Ctrl-C while the sandbox was starting.
  if (interrupted) return NONE;
  if (!ready) return { ...NONE, failed: files };
  const result = join(folder, `${group.name.replaceAll(' ', '-')}.json`);
  running = runGroup(group, args, result);
  const counted = await running.done;
  running = undefined;
  const summary = readSummary(result);
  failures.push(...summary.failures);
  if (summary.folders.size > 0) console.log(`Time of the files of each folder, added: ${folderTimes(summary)}`);
  return add(left, counted);
}

/** If a sandbox does not start, the files that need it fail, and the others still run. */
async function sandboxIsUp(): Promise<boolean> {
  try {
    await sandbox.up();
    return true;
  } catch (error) {
    if (!interrupted) console.error(`The sandbox did not start, so these tests count as failed: ${messageOf(error)}`);
    return false;
  }
}

/** Processes that are left also count as a failure. */
async function takeDown(keepLogs: boolean): Promise<Counts> {
  try {
    await sandbox.down(keepLogs);
    return NONE;
  } catch (error) {
    console.error(`The sandbox was not taken down: ${messageOf(error)}`);
    return { ...NONE, failed: 1 };
  }
}

function interrupt(): void {
  if (!interrupted) console.error('\nStopping: the tests first, then the sandbox. This takes a few seconds.');
  interrupted = true;
  sandbox.interrupt();
  running?.stop();
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
