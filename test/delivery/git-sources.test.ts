import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { mkdirSync, writeFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createSourceRepositories } from '../../src/adapters/git/index.ts';
import type { Credentials } from '../../src/adapters/git/credential.ts';
import { SluiceError } from '../../src/domain/errors.ts';
import { GitRepositories, gitIn } from '../support/git-repositories.ts';

// Each test runs Git several times.
jest.setTimeout(300_000);

const SECRET = 's3cret-token-of-the-test';
const MEGABYTE = 1024 * 1024;
const repositories = new GitRepositories();
const temporary = join(repositories.root, 'temporary');
let http = '';

beforeAll(async () => {
  // Other programs use the system's own folder at the same time.
  mkdirSync(temporary);
  process.env['TMPDIR'] = temporary;
  http = await repositories.serve();
  const web = repositories.create('web', { 'package.json': '{}', 'api/server.js': 'one', 'api/link': '-> server.js' });
  gitIn(web, 'tag', '-a', 'v1', '-m', 'v1');
  gitIn(web, 'branch', 'both');
  gitIn(web, 'tag', 'both');
  repositories.commit(web, { 'api/server.js': 'two' });
  repositories.create('empty', {});
  repositories.create('private', { 'server.js': '' });
  repositories.passwords.set('private', `Basic ${Buffer.from(`x-access-token:${SECRET}`).toString('base64')}`);
  repositories.create('escaping', { 'a/link': '-> ../../etc' });
  const modules = repositories.create('modules', { 'a.txt': '' });
  gitIn(
    modules,
    '-c',
    'protocol.file.allow=always',
    'submodule',
    '--quiet',
    'add',
    join(repositories.root, 'web'),
    'lib',
  );
  gitIn(modules, 'commit', '--quiet', '--message', 'a submodule');
});
afterAll(() => repositories.close());

const reading = (credentials: Credentials = {}, limits = { files: 100, bytes: MEGABYTE }) =>
  createSourceRepositories({ credentials, limits });

async function open(
  url: string,
  more: { ref?: string; version?: string; folder?: string; local?: boolean } = {},
  sources = reading(),
) {
  const opened = await sources.open({ url, local: true, ...more }, new AbortController().signal);
  await opened.close();
  return opened.source;
}

/** The code of a refusal, and its whole text. */
async function refusal(
  url: string,
  more: Parameters<typeof open>[1] = {},
  sources = reading(),
): Promise<readonly [string, string]> {
  const error = await open(url, more, sources).catch((thrown: unknown) => thrown);
  if (error instanceof SluiceError)
    return [error.code, `${error.message} ${error.next} ${JSON.stringify(error.details)}`];
  throw new Error(`refused in another way: ${String(error)}`);
}
const file = (name: string): string => `file://${join(repositories.root, name)}`;

test.each([
  ['file', () => file('web')],
  ['http', () => `${http}/web/.git`],
])('over %s the default branch is read at its commit, without a working tree', async (_, url) => {
  const source = await open(url());

  expect(source).toMatchObject({ ref: 'refs/heads/main', commit: expect.stringMatching(/^[0-9a-f]{40}$/), folder: '' });
  expect(source.files.map(({ path, kind }) => `${kind} ${path}`)).toEqual([
    'link api/link',
    'file api/server.js',
    'file package.json',
  ]);
  expect(source.texts).toMatchObject({ 'package.json': '{}', 'api/server.js': 'two' });
});

test('a tag, a commit and a folder are read as they were', async () => {
  const tagged = await open(`${http}/web/.git`, { ref: 'v1', folder: './api/' });

  expect(tagged).toMatchObject({ ref: 'refs/tags/v1', folder: 'api', texts: { 'server.js': 'one' } });
  expect(await open(file('web'), { ref: tagged.commit })).toMatchObject({ commit: tagged.commit });
});

test.each([
  ['v1', 'refs/tags/v1', 'one'],
  ['1', 'refs/tags/v1', 'one'],
  ['v2', 'refs/heads/main', 'two'],
])('without a ref the tag of version %s is taken, otherwise the default branch: %s', async (version, ref, text) => {
  expect(await open(`${http}/web/.git`, { version })).toMatchObject({ ref, texts: { 'api/server.js': text } });
});

test('a ref that is named comes before the tag of the version', async () => {
  expect(await open(file('web'), { version: 'v1', ref: 'main' })).toMatchObject({ ref: 'refs/heads/main' });
});

test.each([
  ['a branch that does not exist', () => file('web'), { ref: 'none' }, 'GIT_REF_NOT_FOUND'],
  ['a folder that does not exist', () => file('web'), { folder: 'none' }, 'GIT_REF_NOT_FOUND'],
  ['a file as the folder', () => file('web'), { folder: 'package.json' }, 'GIT_REF_NOT_FOUND'],
  ['a folder outside of the repository', () => file('web'), { folder: '../x' }, 'SOURCE_REFUSED'],
  ['a branch and a tag of one name', () => file('web'), { ref: 'both' }, 'SOURCE_AMBIGUOUS'],
  ['an empty repository', () => file('empty'), {}, 'SOURCE_EMPTY'],
  ['an empty repository over HTTP', () => `${http}/empty/.git`, {}, 'SOURCE_EMPTY'],
  ['a repository that is gone', () => file('none'), {}, 'GIT_NOT_FOUND'],
  ['a repository that is gone over HTTP', () => `${http}/none/.git`, {}, 'GIT_NOT_FOUND'],
  ['a private repository', () => `${http}/private/.git`, {}, 'GIT_ACCESS_DENIED'],
  ['a server that is away', () => 'http://127.0.0.1:1/web', {}, 'GIT_UNAVAILABLE'],
  ['a submodule', () => file('modules'), {}, 'SOURCE_REFUSED'],
  ['a link out of the repository', () => file('escaping'), {}, 'SOURCE_REFUSED'],
  ['a link out of its folder', () => file('escaping'), { folder: 'a' }, 'SOURCE_REFUSED'],
  ['a folder of this machine, for a server', () => file('web'), { local: false }, 'GIT_URL_REFUSED'],
])('%s is refused', async (_, url, more, code) => {
  expect((await refusal(url(), more))[0]).toBe(code);
});

test('a repository larger than the limit is refused', async () => {
  expect((await refusal(file('web'), {}, reading({}, { files: 2, bytes: MEGABYTE })))[0]).toBe('SOURCE_TOO_LARGE');
  expect((await refusal(file('web'), {}, reading({}, { files: 100, bytes: 2 })))[0]).toBe('SOURCE_TOO_LARGE');
});

test('the credential of a host comes from the environment or from a file', async () => {
  const host = new URL(http).host;
  process.env['SLUICE_TEST_GIT_TOKEN'] = SECRET;
  const secret = join(repositories.root, 'secret');
  writeFileSync(secret, `x-access-token:${SECRET}\n`);

  for (const reference of [
    { from: 'env', name: 'SLUICE_TEST_GIT_TOKEN' },
    { from: 'file', name: secret },
  ] as const)
    expect(await open(`${http}/private/.git`, {}, reading({ [host]: reference }))).toMatchObject({
      ref: 'refs/heads/main',
    });
});

test('a credential that is wrong, or missing, or that of another host, does not open it, and is in no message', async () => {
  const host = new URL(http).host;
  process.env['SLUICE_TEST_GIT_WRONG'] = `${SECRET}-wrong`;
  process.env['SLUICE_TEST_GIT_TOKEN'] = SECRET;

  const refusals = [
    await refusal(`${http}/private/.git`, {}, reading({ [host]: { from: 'env', name: 'SLUICE_TEST_GIT_WRONG' } })),
    await refusal(`${http}/private/.git`, {}, reading({ [host]: { from: 'env', name: 'SLUICE_TEST_GIT_UNSET' } })),
    await refusal(`${http}/private/.git`, {}, reading({ 'other:1': { from: 'env', name: 'SLUICE_TEST_GIT_TOKEN' } })),
  ];

  expect(refusals.map(([code]) => code)).toEqual(Array(3).fill('GIT_ACCESS_DENIED'));
  expect(JSON.stringify(refusals)).not.toContain(SECRET);
});

test('a cancelled call ends Git, and nothing stays in the folder for temporary files', async () => {
  const stop = new AbortController();
  stop.abort();

  await expect(reading().open({ url: file('web'), local: true }, stop.signal)).rejects.toThrow();

  expect(await readdir(temporary)).toEqual([]);
});
