import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { createHelm } from '../../src/adapters/helm/index.ts';
import { codeOf, ObjectsStage } from '../support/argo-objects-stage.ts';
import { chartFolder, writeChart } from '../support/helm-charts.ts';
import { serveCharts, type ChartServer } from '../support/helm-server.ts';
import { createAccount, type Account } from '../support/cluster-accounts.ts';
import { helmProgram } from '../support/helm-program.ts';
import { eventually } from '../support/releases-wait.ts';
import { sharedSandbox } from '../support/sandbox.ts';

// Pods start: seconds. The program may have to be built first.
jest.setTimeout(240_000);

const run = promisify(execFile);
let stage: ObjectsStage;
let reader: Account;
let program: string;
let charts: string;
let server: ChartServer;

const home = mkdtempSync(join(tmpdir(), 'sluice-helm-home-'));
Object.assign(process.env, {
  HELM_CONFIG_HOME: join(home, 'config'),
  HELM_CACHE_HOME: join(home, 'cache'),
  HELM_DATA_HOME: join(home, 'data'),
});

const helm = (...args: string[]) =>
  run(program, [
    ...args,
    '--kubeconfig',
    stage.sandbox.kubeconfig,
    '--kube-context',
    stage.sandbox.context,
    '-n',
    stage.namespace,
  ]);
const call = async (tool: string, input: object): Promise<Record<string, unknown>> =>
  (await stage.call(tool, input, {
    SLUICE_KUBECONFIG: reader.kubeconfig,
    SLUICE_HELM: program,
    SLUICE_HELM_CHARTS: charts,
  })) as unknown as Record<string, unknown>;
const chart = (tool: string, input: object): Promise<Record<string, unknown>> =>
  stage.call(tool, input, {
    SLUICE_HELM: program,
    SLUICE_HELM_CHARTS: charts,
    SLUICE_HELM_PLAIN_HTTP: server.host,
  }) as never;
const web = () => ({ namespace: stage.namespace, name: 'web' });

beforeAll(async () => {
  stage = new ObjectsStage(await sharedSandbox());
  await stage.open();
  program = await helmProgram();
  charts = chartFolder();
  const user = `helm-reader-${Date.now().toString(36).slice(-5)}`;
  const roles = ['sluice-reader', 'sluice-kubernetes-reader', 'sluice-helm-reader'];
  reader = await createAccount(stage.client, stage.sandbox.kubeconfig, user, roles);
  await run(program, ['package', join(charts, 'web'), '-d', charts]);
  await run(program, ['repo', 'index', charts]);
  server = await serveCharts(charts, 'web-1.2.0.tgz');
}, 900_000);

afterAll(async () => {
  await server.close();
  await reader.close();
  await stage.close();
}, 60_000);

const url = () => `http://${server.host}`;

test('releases that the program made are listed, shown and explained without it', async () => {
  await helm('install', 'web', join(charts, 'web'));
  await helm('upgrade', 'web', join(charts, 'web'), '--set', 'replicas=2');

  expect(await call('helm_list', { namespace: stage.namespace })).toMatchObject({
    total: 1,
    rows: [[stage.namespace, 'web', '2', 'deployed', 'web-1.2.0', '2.0', expect.any(String)]],
  });
  expect(await call('helm_history', web())).toMatchObject({
    rows: [expect.arrayContaining(['2', 'deployed']), expect.arrayContaining(['1', 'superseded'])],
  });
  const ready = await eventually('it is ready', async () => {
    const status = await call('helm_status', web());
    return status['ready'] === true ? status : undefined;
  });
  expect(ready).toMatchObject({ status: 'deployed', revision: 2, objects: 4, problems: [] });
  expect(await call('helm_get', { ...web(), part: 'values' })).toMatchObject({ text: 'replicas: 2' });

  const parts = ['all_values', 'manifest', 'notes'];
  const shown = await Promise.all(parts.map((part) => call('helm_get', { ...web(), part })));
  expect(shown[1]).toMatchObject({ text: expect.stringContaining('image: shop:v1') });
  expect(JSON.stringify(shown)).not.toContain('hunter2');
});

test('a pod whose image cannot be had is named with that reason', async () => {
  await helm('install', 'broken', join(charts, 'web'), '--set', 'tag=v2-no-image');
  const seen = await eventually('the reason is there', async () => {
    const status = await call('helm_status', { ...web(), name: 'broken' });
    return JSON.stringify(status['problems']).includes('Pull') ? status : undefined;
  });
  expect(seen).toMatchObject({ ready: false, problems: [{ object: `Deployment ${stage.namespace}/broken` }] });
});

test('charts of a folder, an archive, an HTTP repository, an address and a registry are shown, rendered and checked', async () => {
  const sources = [
    { chart: './web' },
    { chart: './web-1.2.0.tgz' },
    { chart: 'web', repo_url: url(), version: '^1.0' },
    { chart: `${url()}/web-1.2.0.tgz` },
    { chart: `oci://${server.host}/charts/web` },
  ];
  for (const source of sources) {
    expect(await chart('helm_show', { ...source, part: 'values' })).toMatchObject({
      text: expect.stringMatching(/# The tag of the image.[^]*password: \*\*\*/),
    });
    expect(await chart('helm_template', { ...source, values: 'tag: v7', kind: 'Deployment' })).toMatchObject({
      kinds: { Deployment: 1, Service: 1, Secret: 1, ConfigMap: 1 },
      text: expect.stringContaining('shop:v7'),
    });
  }
  expect(await chart('helm_lint', { chart: './web' })).toMatchObject({ passed: true });
  writeChart(charts, 'bad', { 'templates/a.yaml': '{{ .Values.a.b }}\n' });
  expect(await chart('helm_lint', { chart: './bad' })).toMatchObject({
    passed: false,
    findings: expect.arrayContaining([expect.stringMatching(/^\[ERROR\]/)]),
  });
  expect(await codeOf(chart('helm_template', { chart: './bad' }))).toBe('HELM_REFUSED');
});

test('a repository is added, searched, updated and removed', async () => {
  expect(await chart('helm_repo_list', {})).toMatchObject({ total: 0 });
  expect(await chart('helm_search_repo', { keyword: 'web' })).toMatchObject({ total: 0 });
  expect(await chart('helm_repo_add', { name: 'team', url: url() })).toMatchObject({ effective: 'proved' });
  expect(await chart('helm_search_repo', { keyword: 'web' })).toMatchObject({
    rows: [['team/web', '1.2.0', '2.0', 'A chart of a test']],
  });
  expect(await chart('helm_repo_update', { name: 'team' })).toMatchObject({ changed: true });
  expect(await chart('helm_show', { chart: 'team/web', part: 'readme' })).toMatchObject({
    text: expect.stringContaining('# web'),
  });
  expect(await chart('helm_repo_remove', { name: 'team' })).toMatchObject({ effective: 'proved' });
  expect(await codeOf(chart('helm_show', { chart: 'team/web', part: 'chart' }))).toBe('HELM_REFUSED');
});

test('a chart that does not end is ended', async () => {
  writeChart(charts, 'endless', {
    'templates/a.yaml': '{{ range until 100000 }}{{ range until 100000 }}{{ end }}{{ end }}\n',
  });
  const port = createHelm({ program, charts, plainHttp: [] });
  const call = { signal: new AbortController().signal, timeoutMs: 1500 };
  const at = { cluster: '', namespace: 'default', name: 'endless' };
  const rendered = port.withChart({ chart: './endless' }, call, (held) =>
    port.template({ at, chart: held, values: {} }, call),
  );
  expect(await codeOf(rendered)).toBe('HELM_STOPPED');
});

test('a chart that renders ten thousand objects is refused', async () => {
  writeChart(charts, 'huge', {
    'templates/a.yaml':
      '{{ range until 10000 }}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: a-{{ . }}}\n{{ end }}\n',
  });
  expect(await codeOf(chart('helm_template', { chart: './huge' }))).toBe('HELM_TOO_LARGE');
});
