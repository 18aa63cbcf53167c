import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterEach, beforeEach, expect, test } from '@jest/globals';

import { acquireBinary } from '../../sandbox/binaries/acquire.ts';
import { cachedPath, pathVariable } from '../../sandbox/binaries/places.ts';
import { publishedHash } from '../../sandbox/binaries/release.ts';
import { BINARIES, binaryNamed } from '../../sandbox/manifest.ts';
import { archive, program, serveReleases, sha256 } from './release-server.ts';
import type { ReleaseServer } from './release-server.ts';

const arch = process.arch === 'x64' ? 'amd64' : process.arch;
const etcdFile = `etcd-v3.7.3-linux-${arch}.tar.gz`;
const etcdFolder = '/etcd-io/etcd/releases/download/v3.7.3';
const apiServerPath = `/v1.34.4/bin/linux/${arch}/kube-apiserver`;

let folder: string;
let server: ReleaseServer | undefined;
let said: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-binaries-'));
  said = [];
});

afterEach(async () => {
  await server?.stop();
  server = undefined;
  rmSync(folder, { recursive: true, force: true });
});

function put(path: string, line: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, program(line));
  chmodSync(path, 0o755);
  return path;
}

/** A world with nothing but a shell and tar: no Go, no Python, no download. */
function acquire(
  name: 'etcd' | 'kube-apiserver',
  env: NodeJS.ProcessEnv = {},
): Promise<{ path: string; source: string }> {
  const tools = join(folder, 'tools');
  mkdirSync(tools, { recursive: true });
  const base = { PATH: tools, SLUICE_DOWNLOAD_BASE: server?.base ?? 'http://127.0.0.1:9', ...env };
  return acquireBinary(name, { cache: join(folder, 'cache'), env: base, onProgress: (line) => said.push(line) });
}

async function serveEtcd(checksum?: string): Promise<Buffer> {
  const file = archive(`etcd-v3.7.3-linux-${arch}/etcd`, program('etcd Version: 3.7.3'));
  const sums = `${'0'.repeat(64)}  another-file.tar.gz\n${checksum ?? sha256(file)}  ${etcdFile}\n`;
  server = await serveReleases({
    [`${etcdFolder}/${etcdFile}`]: file,
    [`${etcdFolder}/SHA256SUMS`]: Buffer.from(sums),
  });
  return file;
}

test('a path that was set comes before everything else', async () => {
  const path = put(join(folder, 'my-etcd'), 'anything');
  put(join(folder, 'tools', 'etcd'), 'etcd Version: 3.7.3');

  expect(await acquire('etcd', { SLUICE_BIN_ETCD: path })).toEqual({ path, source: 'SLUICE_BIN_ETCD' });
});

test('a path that was set and is no program is refused, not passed over', async () => {
  await expect(acquire('etcd', { SLUICE_BIN_ETCD: join(folder, 'absent') })).rejects.toThrow(
    /SLUICE_BIN_ETCD is .*absent.* not an executable file/,
  );
});

test('PATH is taken when its version will do', async () => {
  const path = put(join(folder, 'tools', 'etcd'), 'etcd Version: 3.5.9');

  expect(await acquire('etcd')).toMatchObject({ path, source: expect.stringContaining('PATH') });
});

test('PATH is passed over, and it is said why, when its version will not do', async () => {
  put(join(folder, 'tools', 'kube-apiserver'), 'Kubernetes v1.29.3');
  const cached = put(cachedPath(join(folder, 'cache'), binaryNamed('kube-apiserver')), 'Kubernetes v1.34.4');

  expect(await acquire('kube-apiserver')).toMatchObject({ path: cached });
  expect(said.join('\n')).toMatch(/PATH: .* is v1\.29\.3; needed: 1\.34\.x/);
});

test('an official release is taken after its checksum, unpacked, and found in the cache the next time', async () => {
  await serveEtcd();

  const first = await acquire('etcd', { PATH: `${join(folder, 'tools')}:/usr/bin:/bin` });
  const requests = server?.requests.length;
  const second = await acquire('etcd');

  expect(first.source).toBe('official release 3.7.3, checksum verified');
  expect(readFileSync(first.path, 'utf8')).toContain('etcd Version: 3.7.3');
  expect(second).toEqual({ path: first.path, source: 'cache (3.7.3)' });
  expect(server?.requests).toHaveLength(requests ?? -1);
});

test('a bare binary with a bare checksum, as Kubernetes publishes them', async () => {
  const file = program('Kubernetes v1.34.4');
  server = await serveReleases({ [apiServerPath]: file, [`${apiServerPath}.sha256`]: Buffer.from(sha256(file)) });

  expect((await acquire('kube-apiserver')).source).toContain('official release');
});

test('a download that does not match its checksum stops everything and leaves nothing', async () => {
  await serveEtcd('f'.repeat(64));

  await expect(acquire('etcd')).rejects.toThrow(/publishes f{64}\. Nothing was installed/);
  expect(existsSync(cachedPath(join(folder, 'cache'), binaryNamed('etcd')))).toBe(false);
});

test('a release without a checksum of the file is not taken', async () => {
  server = await serveReleases({
    [`${etcdFolder}/SHA256SUMS`]: Buffer.from(`${'0'.repeat(64)}  another-file.tar.gz\n`),
  });

  await expect(acquire('etcd')).rejects.toThrow('no Go on PATH');
  expect(said.join('\n')).toContain(`has no checksum of ${etcdFile}`);
});

test('when nothing is left, every step says why and the error says what to install', async () => {
  await expect(acquire('etcd')).rejects.toThrow(/etcd would have to be built, and there is no Go on PATH\. Install Go/);

  const line = said.join('\n');
  for (const reason of [
    'SLUICE_BIN_ETCD is not set',
    'PATH: not there',
    'no 3.7.3 in the cache',
    'cannot be reached',
    'not published as a Python wheel',
  ])
    expect(line).toContain(reason);
});

test('a site that cannot be reached is asked once a run, and quickly', async () => {
  server = await serveReleases({});
  const base = server.base;
  await server.stop();
  const started = Date.now();

  for (let n = 0; n < 3; n += 1) await expect(acquire('etcd', { SLUICE_DOWNLOAD_BASE: base })).rejects.toThrow();

  expect(Date.now() - started).toBeLessThan(10_000);
  server = undefined;
});

test('nothing half-made is left in the cache', async () => {
  await serveEtcd();
  await acquire('etcd', { PATH: '/usr/bin:/bin' });

  expect(readdirSync(join(folder, 'cache', 'etcd', '3.7.3'))).toEqual(['etcd']);
});

test.each([
  ['one hash alone', `${'a'.repeat(64)}\n`, 'a'.repeat(64)],
  ['binary mode', `${'b'.repeat(64)} *file.tgz\n`, 'b'.repeat(64)],
  ['with a folder', `${'c'.repeat(64)}  ./dist/file.tgz\n`, 'c'.repeat(64)],
  ['only others', `${'d'.repeat(64)}  file.tgz.asc\n`, undefined],
  ['a page instead', '<html>not found</html>', undefined],
])('checksum file: %s', (_, text, hash) => {
  expect(publishedHash(text, 'file.tgz')).toBe(hash);
});

test('the manifest names every binary once, with somewhere to get it from', () => {
  expect(new Set(BINARIES.map((binary) => binary.name)).size).toBe(BINARIES.length);
  for (const binary of BINARIES)
    expect('none' in binary.release && 'none' in binary.wheel && 'none' in binary.go).toBe(false);
});

test.each([
  ['kube-apiserver', 'Kubernetes v1.34.4', true],
  ['kube-apiserver', 'Kubernetes v1.35.0', false],
  ['traefik', 'Version:      3.7.15', true],
  ['traefik', 'Version:      3.7.9', false],
  ['temporal', 'temporal version 1.9.1 (Server 1.32.0, UI 2.54.1)', true],
  ['temporal', 'temporal version 1.4.1 (Server 1.28.0, UI 2.39.0)', false],
  ['prometheus', 'prometheus, version 2.42.0+ds (branch: debian/sid)', true],
  ['prometheus', 'prometheus, version 2.33.5', false],
  ['kubectl-argo-rollouts', 'kubectl-argo-rollouts: v1.10.1', true],
])('%s on PATH saying "%s": %s', (name, output, accepted) => {
  expect(binaryNamed(name).accepts.pattern.test(output)).toBe(accepted);
});

test('the variable of a binary is spelled as a shell can set it', () => {
  expect(pathVariable('kubectl-argo-rollouts')).toBe('SLUICE_BIN_KUBECTL_ARGO_ROLLOUTS');
});
