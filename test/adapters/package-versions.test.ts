import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { createPackageVersions } from '../../src/adapters/package-versions/index.ts';
import { installPython } from '../support/python-package.ts';

// The real npm and uv, on ranges whose highest version is old and no longer changes.

const CONSTRAINTS = fileURLToPath(new URL('../support/uv-constraints.txt', import.meta.url));
const LIMIT_MS = 60_000;
const refused = (message: RegExp) =>
  expect.objectContaining({ code: 'SERVER_VERSION_NOT_EXACT', message: expect.stringMatching(message) });

describe('npm', () => {
  const { resolve } = createPackageVersions();

  test.each([
    ['left-pad@1.1.x', '1.1.3'],
    ['is-number@>=4 <7', '6.0.0'],
    ['is-number@3.0.0', '3.0.0'],
  ])('%s is %s', async (spec, version) => expect(await resolve('npm', spec)).toBe(version), LIMIT_MS);

  test(
    'a tag is the version that it points to, which a range prefers to a higher one that it contains too',
    async () => {
      const latest = await resolve('npm', 'is-number@latest');
      expect([latest, await resolve('npm', `is-number@>=${latest}`)]).toEqual([expect.stringMatching(/^\d/), latest]);
    },
    LIMIT_MS,
  );

  test.each(['is-number@^99', 'this-package-does-not-exist-sluice@1'])(
    '%s is refused with the reason of npm',
    async (spec) =>
      expect(await resolve('npm', spec).catch((error: unknown) => error)).toEqual(refused(/npm ended.*E404/)),
    LIMIT_MS,
  );

  test('without npm the error says so', async () => {
    const { resolve: without } = createPackageVersions({ PATH: '/nowhere' });
    expect(await without('npm', 'pkg@1').catch((error: unknown) => error)).toEqual(refused(/npm is not on PATH/));
  });
});

describe('uv', () => {
  let resolve: ReturnType<typeof createPackageVersions>['resolve'];
  beforeAll(async () => {
    const folder = await installPython({ name: 'uv', constraints: CONSTRAINTS }, (line) =>
      process.stderr.write(`${line}\n`),
    );
    const PATH = `${join(folder, 'bin')}:${process.env['PATH']}`;
    resolve = createPackageVersions({ ...process.env, PATH }).resolve;
  }, 300_000);

  test.each([
    ['six>=1.10,<1.12', '1.11.0'],
    ['six==1.9.*', '1.9.0'],
  ])('%s is %s', async (spec, version) => expect(await resolve('uv', spec)).toBe(version), LIMIT_MS);

  test(
    'a range without a version is refused with the reason of uv',
    async () =>
      expect(await resolve('uv', 'six>99').catch((error: unknown) => error)).toEqual(refused(/uv ended.*six/)),
    LIMIT_MS,
  );
});
