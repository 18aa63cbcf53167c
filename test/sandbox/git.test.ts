import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { gitServer } from '../../sandbox/git/server.ts';

const run = promisify(execFile);
let folder: string;
let server: Server;
let address: string;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-git-'));
  server = gitServer(join(folder, 'served'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

const git = (...args: string[]): Promise<{ stdout: string; stderr: string }> =>
  run('git', ['-c', 'user.name=test', '-c', 'user.email=test@example.com', ...args], {
    cwd: folder,
    env: { ...process.env, GIT_TERMINAL_PROMPT: '0', GIT_CONFIG_NOSYSTEM: '1' },
  });

/** A commit with one file, pushed to a repository of the server. */
async function push(url: string): Promise<void> {
  await git('init', '--quiet', '--initial-branch=main', 'work');
  writeFileSync(join(folder, 'work', 'file.txt'), 'content\n'.repeat(5000));
  await git('-C', 'work', 'add', '.');
  await git('-C', 'work', 'commit', '--quiet', '-m', 'one file');
  await git('-C', 'work', 'push', '--quiet', url, 'main');
}

test('the first push creates a repository, which a clone reads', async () => {
  await push(`${address}/apps.git`);
  await git('clone', '--quiet', `${address}/apps.git`, 'copy');

  const { stdout } = await git('-C', 'copy', 'log', '--format=%s');
  expect(stdout).toBe('one file\n');
});

test('a repository that was never pushed to does not exist, and no path leaves the folder', async () => {
  await expect(git('clone', '--quiet', `${address}/absent.git`, 'copy')).rejects.toThrow(/not found/);
  for (const path of ['/a%2F..%2Fb.git/info/refs', '/UPPER.git/info/refs', '/-x.git/info/refs', '/apps/info/refs'])
    expect((await fetch(`${address}${path}?service=git-receive-pack`)).status).toBe(404);
});

test('a private repository needs its password', async () => {
  const url = `${address}/private-apps.git`;
  await expect(push(url)).rejects.toThrow(/could not read Username|Authentication failed/);
  await git('-C', 'work', 'push', '--quiet', url.replace('//', '//git:sandbox@'), 'main');

  expect((await fetch(`${url}/info/refs?service=git-upload-pack`)).status).toBe(401);
});
