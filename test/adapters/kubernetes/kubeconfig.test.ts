import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import type { RequestOptions } from 'node:https';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { ClusterConfig } from '../../../src/adapters/kubernetes/cluster-config.ts';
import { loadKubeConfig, onlyContext } from '../../../src/adapters/kubernetes/kubeconfig.ts';

let folder: string;
const before = { ...process.env };

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-kubeconfig-'));
  process.env['HOME'] = folder;
});

afterEach(() => {
  process.env = { ...before };
});

const context = (name: string, server = `https://${name}.example`, user: object = { token: `of ${name}` }) => ({
  clusters: [{ name, cluster: { server } }],
  users: [{ name, user }],
  contexts: [{ name, context: { cluster: name, user: name } }],
});

function file(name: string, content: object | string): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

/** What one request to the context would carry. */
async function requestTo(
  config: ClusterConfig,
): Promise<Omit<RequestOptions, 'headers'> & { headers: Record<string, unknown> }> {
  const options: RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  return { ...options, headers: { ...(options.headers as Record<string, unknown>) } };
}

const refused = (work: () => unknown): { code?: string; message: string; next?: string } => {
  try {
    work();
  } catch (error) {
    return error as Error;
  }
  throw new Error('nothing was thrown');
};

test('several files: the first current-context and the first entry of a name win', () => {
  const a = file('a', { ...context('shared', 'https://a.example'), 'current-context': 'shared' });
  const b = file('b', { ...context('shared', 'https://b.example'), 'current-context': 'other' });
  const c = file('c', context('other'));
  process.env['KUBECONFIG'] = [a, b, c, a].join(delimiter);

  const config = loadKubeConfig();

  expect(config.getCurrentContext()).toBe('shared');
  expect(onlyContext(config, 'shared').getCurrentCluster()?.server).toBe('https://a.example');
  expect(config.getContexts().map(({ name }) => name)).toEqual(['shared', 'other']);
});

test('the current context comes from the first file that has one', () => {
  process.env['KUBECONFIG'] = [
    file('a', context('a')),
    file('b', { ...context('b'), 'current-context': 'b' }),
    file('c', { 'current-context': 'a' }),
  ].join(delimiter);

  expect(loadKubeConfig().getCurrentContext()).toBe('b');
});

test('missing files of KUBECONFIG are skipped, empty ones too', () => {
  process.env['KUBECONFIG'] = [join(folder, 'none'), '', file('empty', ''), file('b', context('b'))].join(delimiter);

  expect(loadKubeConfig().getContexts()).toHaveLength(1);
});

test('an empty KUBECONFIG means the home file', () => {
  process.env['KUBECONFIG'] = '';
  mkdirSync(join(folder, '.kube'));
  file('.kube/config', context('home'));

  expect(loadKubeConfig().getContexts()).toMatchObject([{ name: 'home' }]);
});

test('no file at all gives no contexts', () => {
  process.env['KUBECONFIG'] = join(folder, 'none');

  expect(loadKubeConfig().getContexts()).toEqual([]);
});

test('a file that was named by itself must exist, and is one file', () => {
  const a = file('a', context('a'));

  expect(refused(() => loadKubeConfig(join(folder, 'none')))).toMatchObject({ code: 'CONFIG_INVALID' });
  expect(refused(() => loadKubeConfig(`${a}${delimiter}${a}`))).toMatchObject({
    code: 'CONFIG_INVALID',
    next: expect.stringContaining('KUBECONFIG'),
  });
});

test('broken files are named with the place', () => {
  const broken: readonly [string, string, RegExp][] = [
    ['not-yaml', 'a: [', /not-yaml/],
    ['twice', JSON.stringify({ users: [{ name: 'u' }, { name: 'u' }] }), /"u" comes twice/],
    ['types', JSON.stringify({ contexts: [{ name: 7 }] }), /contexts\.0\.name/],
  ];
  for (const [name, content, says] of broken) {
    const error = refused(() => loadKubeConfig(file(name, content)));
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringMatching(says) });
  }
});

test('one bad cluster does not keep the others from being used', () => {
  const good = context('good');
  const config = loadKubeConfig(
    file('mixed', {
      clusters: [...good.clusters, { name: 'bare', cluster: {} }],
      users: good.users,
      contexts: [
        ...good.contexts,
        { name: 'bare', context: { cluster: 'bare', user: 'good' } },
        { name: 'lost', context: { cluster: 'lost', user: 'good' } },
        { name: 'nobody', context: { cluster: 'good', user: 'lost' } },
      ],
    }),
  );

  expect(onlyContext(config, 'good').getCurrentCluster()?.server).toBe('https://good.example');
  expect(refused(() => onlyContext(config, 'bare')).message).toMatch(/"bare" has no server/);
  expect(refused(() => onlyContext(config, 'lost')).message).toMatch(/names the cluster "lost"/);
  expect(refused(() => onlyContext(config, 'nobody')).message).toMatch(/names the user "lost"/);
});

test('relative paths belong to the folder of their file', async () => {
  mkdirSync(join(folder, 'sub'));
  for (const name of ['ca', 'cert', 'key']) file(`sub/${name}`, name);
  const user = { 'client-certificate': 'cert', 'client-key': './key' };
  const entry = context('a', 'https://a.example', user);
  Object.assign(entry.clusters[0]?.cluster ?? {}, { 'certificate-authority': 'ca' });

  const { ca, cert, key } = await requestTo(onlyContext(loadKubeConfig(file('sub/config', entry)), 'a'));

  expect([ca, cert, key].map(String)).toEqual(['ca', 'cert', 'key']);
});

test('data in the entry win over a path', async () => {
  const entry = context('a', 'https://a.example', {
    'client-certificate': 'missing',
    'client-certificate-data': Buffer.from('data').toString('base64'),
  });

  expect(String((await requestTo(onlyContext(loadKubeConfig(file('config', entry)), 'a'))).cert)).toBe('data');
});

test('a token file is read anew, wins over a token, and is bridged while it is away', async () => {
  const config = onlyContext(
    loadKubeConfig(file('config', context('a', 'https://a.example', { token: 'old', tokenFile: 'token' }))),
    'a',
  );
  const authorization = async () => (await requestTo(config)).headers['Authorization'];

  expect(await authorization()).toBe('Bearer old');
  file('token', 'first\n');
  expect(await authorization()).toBe('Bearer first');
  file('token', 'second\n');
  expect(await authorization()).toBe('Bearer second');
});

test('a token file that is missing and has no token beside it is named', async () => {
  const config = onlyContext(
    loadKubeConfig(file('config', context('a', 'https://a.example', { tokenFile: 'token' }))),
    'a',
  );

  await expect(requestTo(config)).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
    message: expect.stringContaining(join(folder, 'token')),
  });
});

test('a credential plug-in is found beside its file, gets its environment and can be asked again', async () => {
  const script =
    '#!/bin/sh\necho . >> "$(dirname "$0")/calls"\n' +
    'TOKEN="$MINE-$(wc -l < "$(dirname "$0")/calls" | tr -d " ")"\nprintf "%s" "$KUBERNETES_EXEC_INFO" > "$(dirname "$0")/info"\n' +
    'echo "{\\"status\\":{\\"token\\":\\"$TOKEN\\"}}"\n';
  chmodSync(file('plugin', script), 0o755);
  const exec = { command: './plugin', args: null, env: [{ name: 'MINE', value: 'mine' }], provideClusterInfo: true };
  const config = onlyContext(loadKubeConfig(file('config', context('a', 'https://a.example', { exec }))), 'a');
  const authorization = async () => (await requestTo(config)).headers['Authorization'];

  expect([await authorization(), await authorization()]).toEqual(['Bearer mine-1', 'Bearer mine-1']);
  expect(config.renew()).toBe(true);
  expect(await authorization()).toBe('Bearer mine-2');
  expect(JSON.parse(readFileSync(join(folder, 'info'), 'utf8'))).toMatchObject({
    kind: 'ExecCredential',
    spec: { interactive: false, cluster: { server: 'https://a.example' } },
  });
});

test('impersonation: user, groups, UID and extra fields', async () => {
  const user = {
    token: 't',
    as: 'jane',
    'as-uid': '7',
    'as-groups': ['devs', 'ops'],
    'as-user-extra': { 'a/b': ['x', 'y'] },
  };
  const { headers } = await requestTo(
    onlyContext(loadKubeConfig(file('config', context('a', 'https://a.example', user))), 'a'),
  );

  expect(headers).toMatchObject({
    'Impersonate-User': 'jane',
    'Impersonate-Uid': '7',
    'Impersonate-Group': ['devs', 'ops'],
    'Impersonate-Extra-a%2Fb': ['x', 'y'],
  });
});

test('groups without a user to impersonate are refused', async () => {
  const entry = context('a', 'https://a.example', { 'as-groups': ['devs'] });

  await expect(requestTo(onlyContext(loadKubeConfig(file('config', entry)), 'a'))).rejects.toMatchObject({
    code: 'CONFIG_INVALID',
  });
});

test('plain HTTP works, and carries no credentials', async () => {
  const config = onlyContext(loadKubeConfig(file('config', context('a', 'http://127.0.0.1:8001'))), 'a');

  expect((await requestTo(config)).headers).not.toHaveProperty('Authorization');
});

test('a context without a user checks the certificate of its cluster', async () => {
  const entry = {
    clusters: [{ name: 'a', cluster: { server: 'https://a.example', 'certificate-authority-data': 'Y2E=' } }],
    contexts: [{ name: 'a', context: { cluster: 'a' } }],
  };

  expect(String((await requestTo(onlyContext(loadKubeConfig(file('config', entry)), 'a'))).ca)).toBe('ca');
});
