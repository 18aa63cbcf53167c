import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from '@jest/globals';
import { ROOT } from '../../scripts/root.mjs';

/** A copy of the product, which these tests change. */
const folder = mkdtempSync(join(tmpdir(), 'sluice-bundle-'));
const PARTS = ['bin', 'src', 'workflows', 'activities', 'sandbox', 'scripts', 'package.json'];
const MANIFEST = join(folder, 'dist', 'bundle.json');
const CHANGED = join(folder, 'src', 'cli', 'gateway.ts');
const WORKER = join(folder, 'src', 'entry', 'worker.ts');
const RECIPE = join(folder, 'scripts', 'bundle', 'options.mjs');
const LONG_AGO = new Date('2020-01-01T00:00:00Z');

interface Manifest {
  readonly entry: string;
  readonly files: readonly (readonly [string, number, number])[];
}

const manifest = (): Manifest => JSON.parse(readFileSync(MANIFEST, 'utf8')) as Manifest;
const run = (...argv: readonly string[]) =>
  spawnSync(process.execPath, argv, { cwd: folder, encoding: 'utf8', env: { PATH: process.env['PATH'] ?? '' } });
const bundle = () => run(join(folder, 'scripts', 'bundle.mjs'));

/** What `sluice <words>` prints, and the files of this copy that it loads. */
function sluice(...words: readonly string[]) {
  const file = join(folder, 'loaded');
  const hook = `
    import { appendFileSync } from 'node:fs';
    import { registerHooks } from 'node:module';
    const load = (url, context, next) => (appendFileSync(${JSON.stringify(file)}, url + '\\n'), next(url, context));
    registerHooks({ load });`;
  writeFileSync(file, '');
  const argv = ['--import', `data:text/javascript,${encodeURIComponent(hook)}`, join(folder, 'bin', 'sluice.mjs')];
  const { stdout, stderr, status } = run(...argv, ...words);
  const loaded = readFileSync(file, 'utf8').split('\n');
  const own = loaded.filter((url) => /\/(src|dist)\//.test(url) && !url.includes('node_modules'));
  return { stdout, stderr, status, own, from: own.some((url) => url.includes('/dist/')) ? 'bundle' : 'sources' };
}

let original: string;
beforeAll(() => {
  for (const part of PARTS) cpSync(join(ROOT, part), join(folder, part), { recursive: true, preserveTimestamps: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  original = readFileSync(CHANGED, 'utf8');
  for (const path of [CHANGED, WORKER, RECIPE]) utimesSync(path, LONG_AGO, LONG_AGO);
  const { stderr, status } = bundle();
  expect([stderr, status]).toEqual(['', 0]);
  cpSync(join(folder, 'dist'), join(folder, 'kept'), { recursive: true });
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => {
  rmSync(join(folder, 'dist'), { recursive: true, force: true });
  cpSync(join(folder, 'kept'), join(folder, 'dist'), { recursive: true });
  writeFileSync(CHANGED, original);
  utimesSync(CHANGED, LONG_AGO, LONG_AGO);
});

test('a command starts from a few files, and answers as it does from the sources', () => {
  const short = sluice('--version');
  const long = sluice('--help');
  const wrong = sluice('gateway', '--stdio', 'shop');
  rmSync(join(folder, 'dist'), { recursive: true });
  const [shortHere, longHere, wrongHere] = [
    sluice('--version'),
    sluice('--help'),
    sluice('gateway', '--stdio', 'shop'),
  ];

  expect([short.from, long.from, wrong.from]).toEqual(['bundle', 'bundle', 'bundle']);
  expect([shortHere.from, longHere.from, wrongHere.from]).toEqual(['sources', 'sources', 'sources']);
  expect(short.own.length).toBeLessThan(6);
  expect(long.own.length).toBeLessThan(12);
  expect(longHere.own.length).toBeGreaterThan(300);
  for (const [one, other] of [
    [short, shortHere],
    [long, longHere],
    [wrong, wrongHere],
  ] as const)
    expect([one.stdout, one.stderr, one.status]).toEqual([other.stdout, other.stderr, other.status]);
  expect(wrong.stderr).toContain('SERVER_NOT_FOUND');
}, 60_000);

test('each part of the bundle can be loaded, with the packages that it needs', () => {
  const parts = join(folder, 'dist', manifest().entry.split('/')[0] ?? '');
  const load = `
    const { readdirSync } = await import('node:fs');
    // A program for images, and no part of this one.
    const names = readdirSync(process.argv[1]).filter((name) => name !== 'bridge.mjs');
    for (const name of names) await import(process.argv[1] + '/' + name);
    console.log(names.length > 20);
    process.exit(0);`;
  const { stdout, stderr } = run('--input-type=module', '--eval', load, '--', parts);
  expect([stdout, stderr]).toEqual(['true\n', '']);
}, 60_000);

test('a source that has changed runs at once, also with the size that it had', () => {
  writeFileSync(CHANGED, original.replace('Divide callers', 'DIVIDE CALLERS'));
  const { stdout, from } = sluice('gateway', '--help');
  expect([stdout, from]).toEqual([expect.stringContaining('DIVIDE CALLERS'), 'sources']);

  expect(bundle().stderr).toBe('');
  const next = sluice('gateway', '--help');
  expect([next.stdout, next.from]).toEqual([expect.stringContaining('DIVIDE CALLERS'), 'bundle']);
}, 60_000);

test('every source that the bundle is made of counts, and so does the recipe', () => {
  const paths = manifest().files.map(([path]) => path);
  expect(paths).toEqual(expect.arrayContaining(['src/entry/worker.ts', 'scripts/bundle/options.mjs']));
  expect(paths.filter((path) => path.endsWith('node_modules/zod/package.json'))).toHaveLength(1);
  for (const path of [WORKER, RECIPE]) {
    expect([path, sluice('--version').from]).toEqual([path, 'bundle']);
    utimesSync(path, LONG_AGO, new Date(LONG_AGO.getTime() + 1_000));
    expect([path, sluice('--version').from]).toEqual([path, 'sources']);
    utimesSync(path, LONG_AGO, LONG_AGO);
  }
}, 60_000);

test.each([
  ['no manifest', () => rmSync(MANIFEST)],
  ['a manifest that is cut off', () => writeFileSync(MANIFEST, readFileSync(MANIFEST, 'utf8').slice(0, 500))],
  ['a manifest of something else', () => writeFileSync(MANIFEST, '{"files":{}}')],
  [
    'no files of the bundle',
    () => rmSync(join(folder, 'dist', manifest().entry.split('/')[0] ?? ''), { recursive: true }),
  ],
])(
  'with %s the sources run',
  (_, spoil) => {
    spoil();
    const { stdout, stderr, from } = sluice('--version');
    expect([stdout, stderr, from]).toEqual([expect.stringMatching(/^\d+\.\d+\.\d+\n$/), '', 'sources']);
    rmSync(join(folder, 'dist'), { recursive: true, force: true });
  },
  60_000,
);

test('what prevents the bundle is one line, and no failure', () => {
  rmSync(join(folder, 'dist'), { recursive: true });
  // A file in place of the folder cannot be written into, by any user.
  writeFileSync(join(folder, 'dist'), '');
  const { stderr, status } = bundle();
  expect([stderr, status]).toEqual([
    expect.stringMatching(/^Not bundled, so commands start from the sources, more slowly: .*(EEXIST|ENOTDIR).*\n$/),
    0,
  ]);
  expect(sluice('--version')).toMatchObject({ status: 0, from: 'sources' });
}, 60_000);

test('of older bundles the last ones stay, because processes still run them', () => {
  const first = manifest().entry;
  writeFileSync(CHANGED, original.replace('Divide callers', 'Divide all callers'));
  expect(bundle().stderr).toBe('');
  const second = manifest().entry;
  expect(second).not.toBe(first);
  expect(readFileSync(join(folder, 'dist', first), 'utf8')).toContain('main');
}, 60_000);
