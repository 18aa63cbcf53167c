import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { gitServer } from '../../../sandbox/git/server.ts';
import { createBranches } from '../../../src/adapters/git/index.ts';
import { codeOf } from '../../support/argo-objects-stage.ts';
import { gitIn } from '../../support/git-repositories.ts';

const FILE = 'apps/web.yaml';
const root = mkdtempSync(join(tmpdir(), 'sluice-branches-'));
let server: Server;
let base: string;
let url: string;
let folder: string;
let count = 0;

beforeAll(async () => {
  server = gitServer(root);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  rmSync(root, { recursive: true, force: true });
});

/** A repository with one file, and a clone of somebody else. */
beforeEach(() => {
  count += 1;
  url = `${base}/repo-${count}.git`;
  folder = mkdtempSync(join(root, 'clone-'));
  gitIn(folder, 'init', '--quiet', '--initial-branch=main');
  gitIn(folder, 'config', 'user.email', 'ada@example.com');
});

/** A commit of somebody else. */
async function others(text: string): Promise<string> {
  mkdirSync(join(folder, 'apps'), { recursive: true });
  writeFileSync(join(folder, FILE), text, { mode: 0o755 });
  gitIn(folder, 'add', '--all');
  gitIn(folder, 'commit', '--quiet', '-m', text.trim());
  await pushed();
  return gitIn(folder, 'rev-parse', 'HEAD');
}

/** The server is in this process, so git must not block it. */
async function pushed(): Promise<void> {
  await promisify(execFile)('git', ['push', '--quiet', url, 'main'], { cwd: folder });
}

const branches = createBranches({});
const main = () => ({ url, branch: 'main' });
const change = (from: string, to: string, branch = 'main') => ({
  ...{ url, base: 'main', branch, file: FILE, from, to, message: 'Set the image', mark: 'release/a/b/c run release' },
});
/** Of the server's own repository. */
const onServer = (...args: string[]) => gitIn(join(root, `repo-${count}.git`), ...args);

test('a commit changes one file, follows the end of the branch, and is found by its mark', async () => {
  const first = await others('tag: v1\n');

  const made = await branches.commit(change('tag: v1\n', 'tag: v2\n'));

  expect(await branches.read(main(), FILE)).toEqual({ head: made, text: 'tag: v2\n' });
  expect(onServer('rev-parse', `${made}^`)).toBe(first);
  expect(onServer('diff', '--name-status', first, made)).toBe(`M\t${FILE}`);
  expect(onServer('ls-tree', '-r', made)).toMatch(/^100755 /);
  expect(onServer('log', '-1', '--format=%an: %s', made)).toBe('Sluice: Set the image');
  await others('tag: v3\n').catch(() => undefined);
  expect(await branches.marked(main(), 'release/a/b/c run release')).toBe(made);
  expect(await branches.marked(main(), 'release/a/b/c run revert')).toBeUndefined();
});

test('a file that somebody else has changed is not overwritten', async () => {
  const end = await others('tag: v1\n');

  expect(await codeOf(branches.commit(change('tag: v0\n', 'tag: v2\n')))).toBe('REPOSITORY_CHANGED');
  expect(await branches.read(main(), FILE)).toEqual({ head: end, text: 'tag: v1\n' });
});

test('a branch of its own gets the commit, and is removed while it is where it was', async () => {
  const end = await others('tag: v1\n');
  const made = await branches.commit(change('tag: v1\n', 'tag: v2\n', 'next'));

  expect((await branches.read(main(), FILE))?.head).toBe(end);
  expect(await codeOf(branches.remove({ url, branch: 'next' }, end))).toBe('REPOSITORY_CHANGED');
  await branches.remove({ url, branch: 'next' }, made);
  expect(await branches.read({ url, branch: 'next' }, FILE)).toBeUndefined();
});

test('a branch of somebody else is not overwritten', async () => {
  await others('tag: v1\n');
  const made = await branches.commit(change('tag: v1\n', 'tag: v2\n', 'next'));

  expect(await codeOf(branches.commit(change('tag: v1\n', 'tag: v3\n', 'next')))).toBe('REPOSITORY_CHANGED');
  expect((await branches.read({ url, branch: 'next' }, FILE))?.head).toBe(made);
});

test('a file that is not there has no text, and a branch that the server protects says so', async () => {
  const end = await others('tag: v1\n');
  expect(await branches.read(main(), 'other.yaml')).toEqual({ head: end });

  writeFileSync(join(root, `repo-${count}.git`, 'hooks', 'pre-receive'), '#!/bin/sh\necho protected; exit 1\n', {
    mode: 0o755,
  });
  expect(await codeOf(branches.commit(change('tag: v1\n', 'tag: v2\n')))).toBe('GIT_ACCESS_DENIED');
});

test('a repository that is not there, and an address with a password, are refused', async () => {
  expect(await codeOf(branches.read({ url: `${base}/none.git`, branch: 'main' }, FILE))).toBe('GIT_NOT_FOUND');
  expect(await codeOf(branches.read({ url: 'https://a:b@host/x.git', branch: 'main' }, FILE))).toBe('GIT_URL_REFUSED');
});
