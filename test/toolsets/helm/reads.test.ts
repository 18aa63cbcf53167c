import { beforeEach, expect, test } from '@jest/globals';
import { FakeHelm } from '../../support/fake-helm.ts';
import { KubernetesStage, refOf } from '../../support/kubernetes-stage.ts';
import { codeOf, failureOf } from '../../support/argo-objects-stage.ts';

let stage: KubernetesStage;
let helm: FakeHelm;

beforeEach(() => {
  stage = new KubernetesStage();
  helm = new FakeHelm(stage.cluster);
  stage.helm = helm.port();
});

const WEB = { namespace: 'shop', name: 'web' };
const text = async (tool: string, input: object): Promise<string> => JSON.stringify(await stage.call(tool, input));

test('releases are listed by their newest revision, page by page, and those that are held are named', async () => {
  helm.put({ version: 1 }, 'superseded');
  helm.put({ version: 2 });
  helm.put({ version: 3 }, 'pending-upgrade');
  for (const name of ['api', 'cart']) helm.put({ name, version: 1 });

  const first = await stage.call('helm_list', { namespace: 'shop', limit: 2 });
  expect(first).toMatchObject({ total: 3, held: ['shop/web is pending-upgrade'] });
  expect((first['rows'] as string[][]).map(([, name]) => name)).toEqual(['api', 'cart']);

  const second = await stage.call('helm_list', { namespace: 'shop', limit: 2, cursor: first['cursor'] });
  expect(second['rows']).toEqual([['shop', 'web', '3', 'pending-upgrade', 'web-1.2.0', '2.0', '2026-11-29T10:00:00']]);
  expect(second['cursor']).toBeUndefined();
  expect(await stage.call('helm_list', { status: 'deployed', contains: 'car' })).toMatchObject({ total: 1, held: [] });
  expect(await codeOf(stage.call('helm_list', { status: 'deployd' }))).toBe('UNKNOWN_NAME');
});

test('three hundred releases fill no more than one answer', async () => {
  for (let index = 0; index < 300; index += 1) helm.put({ name: `web-${index}`, version: 1 });
  const answer = await text('helm_list', { limit: 500 });

  expect(answer.length).toBeLessThan(8192);
  expect(JSON.parse(answer)).toMatchObject({ total: 300, cursor: expect.any(String) });
});

test('the status names what is not ready with the reasons of its pods, and what is missing', async () => {
  helm.put({ version: 1 });
  expect(await stage.call('helm_status', WEB)).toMatchObject({
    status: 'deployed',
    ready: true,
    objects: 2,
    problems: [],
  });

  stage.cluster.delete(refOf('secrets', 'shop', 'web'));
  stage.cluster.update(refOf('deployments', 'shop', 'web'), ({ status }) => {
    status['availableReplicas'] = 0;
    status['conditions'] = [{ type: 'ReplicaFailure', status: 'True', message: 'exceeded quota: small' }];
  });
  stage.add('pods', 'shop', 'web-1', {
    metadata: { labels: { app: 'web' } } as never,
    status: {
      phase: 'Pending',
      containerStatuses: [{ state: { waiting: { reason: 'ImagePullBackOff', message: 'no such tag' } } }],
    },
  });

  const answer = await stage.call('helm_status', WEB);
  expect(answer).toMatchObject({ ready: false, objects: 2 });
  expect(answer['problems']).toEqual([
    { object: 'Secret shop/web', state: 'missing', reason: 'It does not exist.', pods: [] },
    {
      object: 'Deployment shop/web',
      state: 'progressing',
      reason: '0 of 1 pod are available. Its pods cannot be created: exceeded quota: small',
      pods: [{ name: 'web-1', problem: 'ImagePullBackOff: no such tag' }],
    },
  ]);
});

test('pods with the same reason share a line, and each reason has its own', async () => {
  helm.put({ version: 1 });
  stage.cluster.update(refOf('deployments', 'shop', 'web'), ({ status }) => void (status['availableReplicas'] = 0));
  const waiting = { 'web-1': 'ImagePullBackOff', 'web-2': 'ImagePullBackOff', 'web-3': 'CrashLoopBackOff' };
  for (const [name, reason] of Object.entries(waiting))
    stage.add('pods', 'shop', name, {
      metadata: { labels: { app: 'web' } } as never,
      status: { phase: 'Pending', containerStatuses: [{ state: { waiting: { reason } } }] },
    });

  const lines = (await stage.shown('helm_status', WEB)).split('\n');
  expect(lines.slice(1)).toEqual([
    'Not ready: 1 of 2 objects.',
    expect.stringMatching(/^ {2}Deployment shop\/web: 0 of 1 pod/),
    '    web-1, web-2: ImagePullBackOff',
    '    web-3: CrashLoopBackOff',
  ]);
});

test('a release that an operation holds says how to free it', async () => {
  helm.put({ version: 1 });
  helm.put({ version: 2 }, 'pending-upgrade');
  expect(await stage.call('helm_status', WEB)).toMatchObject({
    revision: 2,
    status: 'pending-upgrade',
    next: expect.stringContaining('helm_unlock'),
  });
});

test('the history is the newest first, and a revision that is not kept is named with those that are', async () => {
  helm.put({ version: 4 }, 'superseded');
  helm.put({ version: 5 });

  const { rows } = await stage.call('helm_history', WEB);
  expect((rows as string[][]).map(([revision, , status]) => [revision, status])).toEqual([
    ['5', 'deployed'],
    ['4', 'superseded'],
  ]);
  const missing = await failureOf(stage.call('helm_get', { ...WEB, part: 'values', revision: 1 }));
  expect([missing.code, missing.message]).toEqual([
    'HELM_RELEASE_NOT_FOUND',
    'The release shop/web has no revision 1. Helm has kept 5, 4.',
  ]);
  expect(await codeOf(stage.call('helm_history', { ...WEB, name: 'wob' }))).toBe('HELM_RELEASE_NOT_FOUND');
});

test('secrets are masked in values, manifests, hooks, notes, charts and rendered templates', async () => {
  const hook = {
    name: 'seed',
    kind: 'Job',
    events: ['pre-install'],
    manifest: 'kind: Secret\nstringData: {a: hunter2}\n',
  };
  helm.hooks = [hook];
  helm.put({
    version: 1,
    config: { db: { password: 'hunter2', user: 'ada' } },
    info: { notes: 'The password: hunter2 is new.' } as never,
  });

  const parts = ['values', 'all_values', 'manifest', 'hooks', 'notes'];
  const shown = await Promise.all(parts.map((part) => text('helm_get', { ...WEB, part })));
  const chart = { chart: './charts/web' };
  const of = await Promise.all([text('helm_show', { ...chart, part: 'values' }), text('helm_template', chart)]);

  expect([...shown, ...of].join()).not.toContain('hunter2');
  expect(shown[0]).toContain('user: ada');
  expect(shown[1]).toContain('tag: v1');
  expect(of[0]).toContain('# The tag.');
});

test('a manifest of many objects is shown page by page, and none is lost', async () => {
  const names = Array.from({ length: 200 }, (_, index) => `part-${index}`);
  helm.render = () => names.map((name) => `---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n`).join('');
  helm.put({ version: 1 });

  const pages: string[] = [];
  let cursor: unknown;
  do {
    const page = await stage.call('helm_get', {
      ...WEB,
      part: 'manifest',
      ...(cursor === undefined ? {} : { cursor }),
    });
    expect(JSON.stringify(page).length).toBeLessThan(8192);
    pages.push(String(page['text']));
    ({ cursor } = page);
  } while (cursor !== undefined);

  expect(pages.length).toBeGreaterThan(1);
  expect(pages.join('\n').match(/name: part-\d+/g)).toHaveLength(200);
});

test('octal numbers and the words yes and no mean what they mean to Helm', async () => {
  helm.render = () => 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {mode: 0644, on: yes, at: 12:30}\n';
  const { text: shown } = await stage.call('helm_template', { chart: './charts/web' });
  expect(shown).toContain('mode: 420');
  expect(shown).toContain('12:30');
});

test.each([
  ['ten thousand objects', '---\nkind: ConfigMap\n'.repeat(10_000), 'HELM_TOO_LARGE', /renders 10000 objects/],
  ['a key that is there twice', 'kind: A\nkind: B\n', 'INVALID_INPUT', /at line 2, column 1\.$/],
  [
    'a bomb of aliases',
    `a: &a [1]\nb: &b [${'*a,'.repeat(50)}]\nc: &c [${'*b,'.repeat(50)}]\nd: [${'*c,'.repeat(50)}]\n`,
    'INVALID_INPUT',
    /alias/i,
  ],
])('a chart that renders %s is refused clearly', async (_, manifest, code, message) => {
  helm.render = () => manifest;
  const failure = await failureOf(stage.call('helm_template', { chart: './charts/web' }));
  expect([failure.code, failure.message]).toEqual([code, expect.stringMatching(message)]);
});

test.each([
  ['a flag', { chart: '--post-renderer=/bin/sh' }],
  ['a flag in the version', { chart: './charts/web', version: '1 --debug\n' }],
  ['a path upwards', { chart: './../secret' }],
  ['a path upwards inside', { chart: './charts/../../secret' }],
  ['an absolute path', { chart: '/etc' }],
  ['a file URL', { chart: 'file:///etc/passwd' }],
  ['a registry with a path upwards', { chart: 'oci://host/../x' }],
  ['credentials in an address', { chart: 'web', repo_url: 'https://ada:pw@host/charts' }],
  ['a name of 300 characters', { chart: './charts/web', name: 'a'.repeat(300) }],
  ['a name with a flag', { chart: './charts/web', name: 'web --full' }],
  ['values of 2 MB', { chart: './charts/web', values: `a: ${'x'.repeat(2_000_000)}` }],
  ['two documents of values', { chart: './charts/web', values: 'a: 1\n---\nb: 2\n' }],
  ['values with a key twice', { chart: './charts/web', values: 'a: 1\na: 2\n' }],
  ['values that are a list', { chart: './charts/web', values: '[1]' }],
])('%s is refused before Helm is started', async (_, input) => {
  expect(await codeOf(stage.call('helm_template', input))).toBe('INVALID_INPUT');
  expect(helm.runs).toEqual([]);
});

test('what a call gives stands after "--" or behind an equals sign', async () => {
  await stage.call('helm_template', {
    chart: 'web',
    repo_url: 'https://charts.example/x',
    version: '^1.2',
    name: 'site',
  });
  const [pull = [], template = []] = helm.runs;
  expect(pull).toEqual([
    'pull',
    expect.stringMatching(/^--destination=/),
    '--version=^1.2',
    '--repo=https://charts.example/x',
    '--',
    'web',
  ]);
  expect(template.slice(-3)).toEqual(['--', 'site', expect.stringMatching(/chart\.tgz$/)]);
  expect(template.join(' ')).not.toContain('--set');
});

test('repositories are added, updated, searched and removed, and each is read back', async () => {
  const team = { name: 'team', url: 'https://charts.example/stable' };
  expect(await stage.call('helm_repo_list', {})).toMatchObject({ total: 0 });
  expect(await stage.call('helm_repo_add', team)).toMatchObject({ changed: true, effective: 'proved' });
  expect(await stage.call('helm_repo_add', team)).toMatchObject({ changed: false });
  expect(await codeOf(stage.call('helm_repo_add', { ...team, url: 'https://other.example' }))).toBe('ALREADY_EXISTS');
  expect(await stage.call('helm_repo_list', {})).toMatchObject({ rows: [['team', team.url]] });
  expect(await stage.call('helm_repo_update', {})).toMatchObject({ changed: true });
  expect(await codeOf(stage.call('helm_repo_update', { name: 'other' }))).toBe('UNKNOWN_NAME');
  expect(await stage.call('helm_search_repo', { keyword: 'web' })).toMatchObject({
    rows: [['team/web', '1.2.0', '2.0', 'A web.']],
  });
  expect(await stage.call('helm_repo_remove', { name: 'team' })).toMatchObject({ changed: true, effective: 'proved' });
  expect(await stage.call('helm_repo_remove', { name: 'team' })).toMatchObject({ changed: false });
});

test('a chart is checked, and its findings do not name paths of this machine', async () => {
  const answer = await stage.call('helm_lint', { chart: './charts/web' });
  expect(answer).toMatchObject({ passed: true, findings: ['[INFO] Chart.yaml: icon is recommended'] });
});
