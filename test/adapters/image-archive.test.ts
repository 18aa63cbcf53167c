import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createImageContent } from '../../src/adapters/image-archive/index.ts';
import { brokenRules, SECRET_RULES } from '../../src/domain/delivery/secret-rules.ts';

let root: string;
beforeEach(() => void (root = mkdtempSync(join(tmpdir(), 'sluice-image-'))));
afterEach(() => rmSync(root, { recursive: true, force: true }));

const KEY = `-----BEGIN PRIVATE KEY-----\n${'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC'.repeat(4)}\n-----END PRIVATE KEY-----\n`;
const LONG = `${'a-long-folder/'.repeat(12)}key.pem`;

function tar(file: string, files: Readonly<Record<string, string>>, ...flags: readonly string[]): void {
  const folder = mkdtempSync(join(root, 'files-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  const { status, stderr } = spawnSync('tar', [...flags, '-cf', file, '-C', folder, '.'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

/** A file as `docker save` writes it. Each layer is a set of files. */
function image(layers: readonly Readonly<Record<string, string>>[], ...flags: readonly string[]): string {
  const folder = join(root, 'image');
  mkdirSync(folder);
  for (const [index, files] of layers.entries()) tar(join(folder, `${index}.tar`), files, ...flags);
  const names = layers.map((_, index) => `${index}.tar`);
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify([{ Config: 'c.json', Layers: names }]));
  const file = join(root, 'image.tar');
  const { status } = spawnSync('tar', ['-cf', file, '-C', folder, ...names, 'manifest.json']);
  expect(status).toBe(0);
  return file;
}

const examine = (file: string) => createImageContent().examine(file);

test('an image without credentials has none, and its layers and files are counted', async () => {
  const found = await examine(image([{ 'app/server.js': 'x' }, { 'app/data': 'y'.repeat(2_000_000) }]));

  expect(found).toEqual({ layers: 2, files: 2, bytes: 2_000_001, notSearched: 1, suspects: [] });
});

test.each([
  ['plain', []],
  ['compressed', ['-z']],
  ['with the long names of PAX', ['--format=pax']],
])('a key is found in layers that are %s, also under a long path', async (_, flags) => {
  const found = await examine(
    image([{ 'app/a.js': 'x' }, { [LONG]: KEY, 'app/.env': 'API_TOKEN=abcdef\n' }], ...flags),
  );

  expect(found.suspects).toEqual(
    expect.arrayContaining([
      { rule: 'private-key', path: LONG, layer: 2 },
      { rule: 'environment-file', path: 'app/.env', layer: 2 },
    ]),
  );
  expect(found.suspects).toHaveLength(2);
});

test.each([
  ['in a layer', (text: Buffer) => text.subarray(0, 3_000)],
  ['after an entry', (text: Buffer) => text.subarray(0, text.findLastIndex((byte) => byte !== 0) + 1)],
])('an image that was cut %s is refused', async (_, cut) => {
  const file = image([{ 'app/a.js': 'x'.repeat(4_000) }]);
  writeFileSync(file, cut(readFileSync(file)));

  await expect(examine(file)).rejects.toMatchObject({ code: 'BUILD_FAILED' });
});

test('a file that is no image is refused', async () => {
  const file = join(root, 'other.tar');
  tar(file, { 'a.txt': 'a' });

  await expect(examine(file)).rejects.toMatchObject({ code: 'BUILD_FAILED' });
});

const token = (prefix: string, length: number): string => prefix + 'A1b2C3d4'.repeat(20).slice(0, length);

test.each([
  ['private-key', 'a.pem', KEY],
  ['aws-access-key', 'a.txt', `key=AKIA${'ABCD1234EFGH5678'}\n`],
  ['github-token', 'a.txt', token('ghp_', 36)],
  ['gitlab-token', 'a.txt', token('glpat-', 20)],
  ['slack-token', 'a.txt', token('xoxb-', 30)],
  ['google-api-key', 'a.txt', token('AIza', 35)],
  ['stripe-key', 'a.txt', token('sk_live_', 24)],
  ['npm-token', 'root/.npmrc', '//registry.npmjs.org/:_authToken=abc\n'],
  ['netrc', 'root/.netrc', 'machine a login b password c\n'],
  ['git-credentials', 'root/.git-credentials', 'x'],
  ['registry-login', 'root/.docker/config.json', '{"auths":{"a":{"auth":"YTpiYWJhYmE="}}}'],
  ['environment-file', 'app/.env.production', 'DB_PASSWORD=abc\n'],
])('the rule %s finds its file', (rule, path, text) => {
  expect(brokenRules(path, text)).toEqual([rule]);
  expect(SECRET_RULES).toContain(rule);
});

test.each([
  ['a public key', 'a.pem', '-----BEGIN PUBLIC KEY-----\nMIIB\n'],
  ['code that names a header of keys', 'pem.js', "const head = '-----BEGIN PRIVATE KEY-----';\n"],
  ['a token from the environment', 'root/.npmrc', '//registry.npmjs.org/:_authToken=${NPM_TOKEN}\n'],
  ['an example', 'app/.env.example', 'API_TOKEN=abc\n'],
  ['an empty value', 'app/.env', 'API_TOKEN=\n'],
])('%s is no credential', (_, path, text) => {
  expect(brokenRules(path, text)).toEqual([]);
});
