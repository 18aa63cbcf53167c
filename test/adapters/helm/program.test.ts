import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { helmEnvironment } from '../../../src/adapters/helm/environment.ts';
import { findProgram } from '../../../src/adapters/helm/find-program.ts';
import { createHelm } from '../../../src/adapters/helm/index.ts';
import { localPath } from '../../../src/adapters/helm/local-chart.ts';
import { createProgram, refused } from '../../../src/adapters/helm/program.ts';
import { codeOf, failureOf } from '../../support/argo-objects-stage.ts';
import { chartFolder } from '../../support/helm-charts.ts';

const folder = mkdtempSync(join(tmpdir(), 'sluice-program-'));
const call = { signal: new AbortController().signal, timeoutMs: 60_000 };

/** A program of a shell script. */
function script(name: string, body: string, at = folder): string {
  const path = join(at, name);
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
  return path;
}

test('what does not end is ended after its time', async () => {
  const run = createProgram(script('slow', 'sleep 600 & wait'), process.env);
  const failure = await failureOf(run({ ...call, args: [], cwd: folder, timeoutMs: 200 }));
  expect([failure.code, failure.message]).toEqual(['HELM_STOPPED', expect.stringContaining('did not end within')]);
});

test('a cancelled call ends the program, and one that was cancelled before starts none', async () => {
  const cancel = new AbortController();
  const marks = join(folder, 'marks');
  const run = createProgram(
    script(
      'marked',
      `trap 'echo ended >> ${marks}; exit 3' TERM; echo begun >> ${marks}; echo x; while :; do sleep 0.02; done`,
    ),
    process.env,
  );
  const running = run({ ...call, args: [], cwd: folder, signal: cancel.signal });
  while (!readText(marks).includes('begun')) await new Promise((resolve) => setTimeout(resolve, 10));
  cancel.abort();

  expect(await codeOf(running)).toBe('HELM_STOPPED');
  expect(readText(marks)).toBe('begun\nended\n');
  expect(await codeOf(run({ ...call, args: [], cwd: folder, signal: cancel.signal }))).toBe('HELM_STOPPED');
  expect(readText(marks)).toBe('begun\nended\n');
});

test('output without an end is ended', async () => {
  const run = createProgram(script('loud', 'exec yes'), process.env);
  expect(await codeOf(run({ ...call, args: [], cwd: folder }))).toBe('HELM_TOO_LARGE');
});

test('the error says what Helm says, without its warnings and without secrets', () => {
  const stderr = 'level=WARN msg="old"\nWARNING: readable\nError: no such chart, token=abcdefgh\n';
  const failure = refused({ code: 1, stdout: '', stderr }, 'upgrade shop/web');
  expect(failure.message).toBe('Helm could not upgrade shop/web: no such chart, token=***');
});

test('of several programs on PATH the newest version is used, and other versions are refused by name', async () => {
  const path = mkdtempSync(join(tmpdir(), 'sluice-path-'));
  script('helm', 'echo v3.19.0+g123', path);
  script('helm4', 'echo v4.3', path);
  expect((await findProgram(undefined, { PATH: path })).version).toBe('4.3');
  expect((await findProgram(join(path, 'helm'), {})).version).toBe('3.19.0');

  const old = await failureOf(findProgram(script('helm2', 'echo v2.17.0', path), {}));
  expect([old.code, old.message]).toEqual(['HELM_MISSING', expect.stringContaining('is 2.17.0')]);
  expect(await codeOf(findProgram(undefined, { PATH: folder }))).toBe('HELM_MISSING');
  expect(await codeOf(findProgram(join(path, 'none'), {}))).toBe('HELM_MISSING');
});

test('a program on PATH that cannot be started hides no other one, and is named where there is no other one', async () => {
  const [first, second] = [mkdtempSync(join(tmpdir(), 'sluice-path-')), mkdtempSync(join(tmpdir(), 'sluice-path-'))];
  writeFileSync(join(first, 'helm'), '#!/no/such/interpreter\n', { mode: 0o755 });
  script('helm', 'echo v4.3', second);
  const PATH = `${first}:${second}`;
  expect((await findProgram(undefined, { PATH })).version).toBe('4.3');

  const failure = await failureOf(findProgram(undefined, { PATH: first }));
  expect([failure.code, failure.message]).toEqual([
    'HELM_MISSING',
    expect.stringMatching(/helm cannot be started: .*ENOENT/),
  ]);
});

test('of two programs of one version the first on PATH is used, and a folder of the name helm is no program', async () => {
  const [first, second] = [mkdtempSync(join(tmpdir(), 'sluice-path-')), mkdtempSync(join(tmpdir(), 'sluice-path-'))];
  mkdirSync(join(first, 'helm'));
  script('helm', 'echo v3.19.0; echo second >&2', second);
  expect((await findProgram(undefined, { PATH: `${first}:${second}` })).version).toBe('3.19.0');
  expect(await codeOf(findProgram(undefined, { PATH: first }))).toBe('HELM_MISSING');
});

test('the version is asked once, and values come as a file that only this user can read', async () => {
  const log = join(folder, 'log');
  const show =
    'for one in "$@"; do case "$one" in *.json) stat -c %a "$one" >> LOG; cat "$one" >> LOG; echo >> LOG; pwd >> LOG;; esac; done';
  const helm = script(
    'recorded',
    `echo "$1" >> ${log}; [ "$1" = version ] && echo v4.3; ${show.replaceAll('LOG', log)}; true`,
  );
  const port = createHelm({ program: helm, charts: chartFolder(), plainHttp: [] });
  const at = { cluster: '', namespace: 'shop', name: 'web' };
  const made: string[] = [];
  await port.withChart({ chart: './web' }, call, async (chart) => {
    await port.template({ at, chart, values: { password: 'hunter2' } }, call);
    await port.template({ at, chart, values: {} }, call);
  });
  const lines = readText(log).split('\n');
  made.push(...lines.filter((line) => line.startsWith('/')));

  expect(lines.filter((line) => line === 'version')).toHaveLength(1);
  expect(lines).toContain('600');
  expect(lines).toContain('{"password":"hunter2"}');
  expect(made).toHaveLength(1);
  expect(() => statSync(made[0] ?? '')).toThrow(/ENOENT/);
});

test('Helm has the environment of the user, but not what leads it to another place', () => {
  const env = { PATH: '/bin', HELM_NAMESPACE: 'x', HELM_KUBECONTEXT: 'y', HELM_DRIVER: 'sql', HELM_CONFIG_HOME: '/c' };
  expect(helmEnvironment(env, '/k')).toEqual({
    PATH: '/bin',
    HELM_CONFIG_HOME: '/c',
    HELM_DRIVER: 'secret',
    KUBECONFIG: '/k',
  });
  expect(helmEnvironment({ KUBECONFIG: '/a:b' }, undefined)['KUBECONFIG']).toBe(`/a:${process.cwd()}/b`);
});

test('a local chart is inside of the folder of charts, also behind a link', async () => {
  const charts = chartFolder();
  expect(await localPath('chart', './web', charts)).toMatch(/web$/);
  await import('node:fs').then(({ symlinkSync }) => symlinkSync('/etc', join(charts, 'link')));
  expect(await codeOf(localPath('chart', './link', charts))).toBe('INVALID_INPUT');
  expect(await codeOf(localPath('chart', './none', charts))).toBe('INVALID_INPUT');
  expect(await codeOf(localPath('chart', '.', charts))).toBe('INVALID_INPUT');
  expect(readdirSync(charts)).toContain('web');
});

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
