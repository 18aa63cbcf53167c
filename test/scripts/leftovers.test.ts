import { expect, test } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endLeftovers } from '../../scripts/run-tests/leftovers.ts';

const linux = existsSync('/proc') ? test : test.skip;

/** A program that does not end by itself, once it runs. */
async function program(options: { cwd?: string; TMPDIR?: string }): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['-e', 'console.log(1); setInterval(() => {}, 1000)'], {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { PATH: process.env['PATH'], ...(options.TMPDIR === undefined ? {} : { TMPDIR: options.TMPDIR }) },
  });
  await once(child.stdout, 'data');
  return child;
}

const signalOf = async (child: ChildProcess): Promise<unknown> => child.signalCode ?? (await once(child, 'exit'))[1];

linux('an interrupted run ends what its tests have started, and nothing else', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-run-'));
  const other = mkdtempSync(join(tmpdir(), 'sluice-other-'));
  const own = await Promise.all([program({ cwd: folder }), program({ TMPDIR: folder })]);
  const foreign = await Promise.all([program({ cwd: other }), program({ TMPDIR: other })]);

  endLeftovers(folder);
  endLeftovers(other);

  expect(await Promise.all(own.map(signalOf))).toEqual(['SIGKILL', 'SIGKILL']);
  expect(foreign.map(({ signalCode, exitCode }) => signalCode ?? exitCode)).toEqual([null, null]);
  foreign.forEach((child) => child.kill('SIGKILL'));
  await Promise.all(foreign.map(signalOf));
  [folder, other].forEach((path) => rmSync(path, { recursive: true }));
});
