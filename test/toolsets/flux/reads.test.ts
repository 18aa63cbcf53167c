import { beforeEach, describe, expect, test } from '@jest/globals';
import { addFlux, addPipeline, COMMIT, condition } from '../../support/fake-flux.ts';
import { KubernetesStage, refOf } from '../../support/kubernetes-stage.ts';

let stage: KubernetesStage;
const LABELS = { 'kustomize.toolkit.fluxcd.io/name': 'apps', 'kustomize.toolkit.fluxcd.io/namespace': 'shop' };
const REVISION = `main@sha1:${COMMIT}`;

beforeEach(() => {
  stage = new KubernetesStage();
  addPipeline(stage.cluster);
});

const change = (plural: string, name: string, mutate: Parameters<typeof stage.cluster.update>[1]): void =>
  stage.cluster.update(refOf(plural, 'shop', name), mutate);
const failed = (message: string) => ({ conditions: [condition('Ready', 'False', 'BuildFailed', message)] });

describe('flux_list', () => {
  test('shows every kind that the cluster serves, with state and revision', async () => {
    addFlux(stage.cluster, 'kustomizations', 'shop', 'broken', { status: failed('no such file') });
    addFlux(stage.cluster, 'alerts', 'shop', 'chat', { status: { conditions: [] } });

    const list = await stage.call('flux_list', { namespace: 'shop' });

    expect(list).toMatchObject({
      total: 4,
      counts: { ready: 2, 'not ready': 1, none: 1 },
      rows: expect.arrayContaining([
        ['GitRepository', 'shop', 'apps', 'ready', 'main@sha1:0f2c8a1d5b7e', expect.stringMatching(/^\d+[dhms]/), ''],
        ['Kustomization', 'shop', 'broken', 'not ready', '', '', 'BuildFailed: no such file'],
        ['Alert', 'shop', 'chat', 'none', '', '', ''],
      ]),
    });
    expect(await stage.call('flux_list', { state: 'failing' })).toMatchObject({ total: 1 });
  });

  test('says what it counts', async () => {
    const text = await stage.shown('flux_list', { namespace: 'shop', state: 'failing' });
    expect(text).toBe('0 of 0 objects that match.\nOf 2 objects of Flux: 2 ready.');
    const all = await stage.shown('flux_list', { namespace: 'shop', kind: 'kustomizations' });
    expect(all).toMatch(/\n1 of 1 object that match\.\nOf 1 object of Flux: 1 ready\.$/);
  });

  test('a ready condition about an older specification is not ready', async () => {
    change('kustomizations', 'apps', ({ spec }) => void (spec['path'] = './other'));

    expect(await stage.call('flux_list', { kind: 'ks' })).toMatchObject({ counts: { 'in progress': 1 } });
  });

  test('names suspensions that have expired, and those without a record for a week', async () => {
    const annotations = {
      'sluice.dev/suspended-by': 'mcp:agent',
      'sluice.dev/suspended-reason': 'a repair',
      'sluice.dev/suspended-at': '2020-01-01T00:00:00Z',
      'sluice.dev/suspended-until': '2020-01-02T00:00:00Z',
    };
    addFlux(stage.cluster, 'kustomizations', 'shop', 'expired', { spec: { suspend: true }, annotations });
    const later = { ...annotations, 'sluice.dev/suspended-until': '2999-01-01T00:00:00Z' };
    addFlux(stage.cluster, 'kustomizations', 'shop', 'planned', { spec: { suspend: true }, annotations: later });
    addFlux(stage.cluster, 'kustomizations', 'shop', 'by-cli', { spec: { suspend: true } });
    change('kustomizations', 'by-cli', ({ metadata }) => {
      const managedFields = [
        { manager: 'flux', time: '2020-01-01T00:00:00Z', fieldsV1: { 'f:spec': { 'f:suspend': {} } } },
      ];
      Object.assign(metadata, { managedFields });
    });

    const list = await stage.call('flux_list', { state: 'suspended' });

    expect(list).toMatchObject({
      total: 3,
      forgotten: [
        { object: 'Kustomization shop/expired', by: 'mcp:agent', reason: 'a repair' },
        { object: 'Kustomization shop/by-cli', by: 'field manager flux', since: '2020-01-01T00:00:00Z' },
      ],
    });
  });

  test('is bounded, and continues where it ended', async () => {
    for (let n = 0; n < 200; n += 1)
      addFlux(stage.cluster, 'kustomizations', 'shop', `many-${n}`, { status: failed('a long reason '.repeat(40)) });

    const seen: string[] = [];
    let cursor: unknown;
    do {
      const page = await stage.call('flux_list', { ...(cursor === undefined ? {} : { cursor }), limit: 100 });
      expect(JSON.stringify(page).length).toBeLessThan(9_000);
      seen.push(...(page['rows'] as string[][]).map(([kind, , name]) => `${kind} ${name}`));
      cursor = page['cursor'];
    } while (cursor !== undefined);
    expect([seen.length, new Set(seen).size]).toEqual([202, 202]);
  });
});

describe('flux_get', () => {
  test('shows conditions, revisions, inventory and history', async () => {
    expect(await stage.call('flux_get', { kind: 'ks', namespace: 'shop', name: 'apps' })).toMatchObject({
      state: 'ready',
      revision: REVISION,
      revision_at: '2026-11-28T10:00:00Z',
      conditions: [{ type: 'Ready', status: 'True' }],
      refers_to: ['source: GitRepository shop/apps'],
      inventory: ['Deployment.apps shop/shop', 'ConfigMap shop/settings'],
      inventory_total: 2,
      history: [{ totalReconciliations: 2 }],
      left_out: [],
    });
  });

  test('an object without an inventory has none, rather than an empty one', async () => {
    addFlux(stage.cluster, 'kustomizations', 'shop', 'new', { status: failed('x') });

    const answer = await stage.call('flux_get', { kind: 'Kustomization', namespace: 'shop', name: 'new' });
    expect(answer).not.toHaveProperty('inventory');
  });

  test('is bounded for a large inventory, says so, and hides credentials', async () => {
    const entries = Array.from({ length: 2000 }, (_, n) => ({ id: `shop_object-${n}_apps_Deployment`, v: 'v1' }));
    addFlux(stage.cluster, 'kustomizations', 'shop', 'large', {
      spec: { postBuild: { substitute: { db_password: 'hunter2' } } },
      status: { inventory: { entries } },
    });

    const answer = await stage.call('flux_get', { kind: 'ks', namespace: 'shop', name: 'large' });

    expect(answer).toMatchObject({ inventory_total: 2000, left_out: [expect.stringContaining('inventory')] });
    expect(JSON.stringify(answer).length).toBeLessThan(9_000);
    expect(JSON.stringify(answer)).not.toContain('hunter2');
  });
});

describe('flux_trace', () => {
  const trace = (kind: string, name: string) => stage.call('flux_trace', { kind, namespace: 'shop', name });

  test('from an object over its reconciler to the commit, by labels that the inventory confirms', async () => {
    stage.add('deployments', 'shop', 'shop', { metadata: { labels: LABELS } as never });

    expect(await trace('deployments', 'shop')).toMatchObject({
      managed: true,
      how: 'Its labels name it, and the inventory lists the object.',
      chain: [
        { step: 'object', object: 'Deployment shop/shop' },
        { step: 'reconciler', object: 'Kustomization shop/apps', state: 'ready', commit: COMMIT },
        {
          step: 'source',
          object: 'GitRepository shop/apps',
          url: 'https://git.example.com/apps.git',
          ref: 'branch main',
        },
      ],
    });
  });

  test('labels that the inventory does not confirm are doubted', async () => {
    stage.add('deployments', 'shop', 'stranger', { metadata: { labels: LABELS } as never });

    expect(await trace('deployments', 'stranger')).toMatchObject({
      managed: true,
      how: expect.stringContaining('the inventory does not list the object'),
    });
  });

  test('without labels the inventories are searched, and what nobody applied is said to be so', async () => {
    stage.add('configmaps', 'shop', 'settings');
    stage.add('configmaps', 'shop', 'by-hand');

    expect(await trace('configmaps', 'settings')).toMatchObject({
      managed: true,
      how: 'Its inventory lists the object, which has no labels of Flux.',
    });
    expect(await trace('configmaps', 'by-hand')).toMatchObject({ managed: false, chain: [{ step: 'object' }] });
  });

  test('from a source to what uses it, and from a reconciler to what it applied', async () => {
    expect(await trace('gitrepositories', 'apps')).toMatchObject({ used_by: ['Kustomization shop/apps'] });
    expect(await trace('ks', 'apps')).toMatchObject({
      chain: [{ step: 'object' }, { step: 'source', commit: COMMIT }],
      applies: ['Deployment.apps shop/shop', 'ConfigMap shop/settings'],
      applies_total: 2,
    });
  });

  test('a HelmRelease leads over its chart to the repository', async () => {
    const sourceRef = { kind: 'HelmRepository', name: 'charts' };
    addFlux(stage.cluster, 'helmrepositories', 'shop', 'charts', {
      spec: { url: 'https://user:hunter2@charts.example.com' },
    });
    addFlux(stage.cluster, 'helmcharts', 'shop', 'shop-web', {
      spec: { chart: 'web', sourceRef },
      status: { artifact: { revision: '6.1.0' } },
    });
    addFlux(stage.cluster, 'helmreleases', 'shop', 'web', {
      spec: { chart: { spec: { chart: 'web', sourceRef } } },
      status: {
        helmChart: 'shop/shop-web',
        history: [{ chartVersion: '6.1.0', lastDeployed: '2026-11-20T00:00:00Z' }],
      },
    });

    const traced = await trace('hr', 'web');

    expect(traced).toMatchObject({
      chain: [
        { step: 'object', revision: '6.1.0' },
        { step: 'chart', object: 'HelmChart shop/shop-web', revision: '6.1.0' },
        { step: 'source', url: 'https://charts.example.com' },
      ],
    });
    expect(JSON.stringify(traced)).not.toContain('hunter2');
  });

  test('a source that is gone is a problem of its step', async () => {
    stage.cluster.delete(refOf('gitrepositories', 'shop', 'apps'));

    expect(await trace('ks', 'apps')).toMatchObject({
      chain: [{ step: 'object' }, { step: 'source', problem: expect.stringContaining('GitRepository') }],
    });
  });
});

test('a reference that is a path is not followed', async () => {
  change('kustomizations', 'apps', ({ spec }) => {
    spec['sourceRef'] = { kind: 'GitRepository', name: '..' };
  });

  expect(await stage.call('flux_trace', { kind: 'ks', namespace: 'shop', name: 'apps' })).toMatchObject({
    chain: [{}, { step: 'source', problem: 'the reference contains no valid name' }],
  });
});

describe('flux_graph', () => {
  test('shows what needs what, with missing objects and cycles', async () => {
    addFlux(stage.cluster, 'kustomizations', 'shop', 'a', { spec: { dependsOn: [{ name: 'b' }] } });
    addFlux(stage.cluster, 'kustomizations', 'shop', 'b', { spec: { dependsOn: [{ name: 'a' }, { name: 'gone' }] } });

    const graph = await stage.call('flux_graph', { namespace: 'shop' });

    expect(graph).toMatchObject({
      nodes: expect.arrayContaining([{ id: 'Kustomization/shop/gone', state: 'missing' }]),
      cycles: [['Kustomization/shop/a', 'Kustomization/shop/b', 'Kustomization/shop/a']],
    });
  });

  test('draws Mermaid and SVG, and refuses half a drawing', async () => {
    const drawn = await stage.call('flux_graph', { format: 'mermaid' });
    expect(drawn['drawing']).toBe(
      [
        'flowchart LR',
        '  n0["GitRepository shop/apps<br/>ready"]',
        '  n1["Kustomization shop/apps<br/>ready"]',
        '  n1 -->|source| n0',
      ].join('\n'),
    );
    const svg = (await stage.call('flux_graph', { format: 'svg' }))['drawing'] as string;
    expect(svg).toMatch(/^<svg [^>]*>[\s\S]*<\/svg>$/);
    expect(svg.match(/<rect /g)).toHaveLength(2);

    for (let n = 0; n < 60; n += 1) addFlux(stage.cluster, 'kustomizations', 'shop', `many-${n}`);
    await expect(stage.call('flux_graph', { format: 'svg' })).rejects.toMatchObject({ code: 'NOT_APPLICABLE' });
    expect(JSON.stringify(await stage.call('flux_graph', {})).length).toBeLessThan(9_000);
  });
});

describe('flux_logs and flux_events', () => {
  test('lines about one object, and what to do where no controller pod exists', async () => {
    const namespace = 'flux-system';
    stage.add('pods', namespace, 'kc-1', {
      metadata: { labels: { app: 'kustomize-controller' } } as never,
      spec: { containers: [{ name: 'manager' }] },
    });
    stage.cluster.logs.set('kc-1/manager', '{"name":"apps"}\n{"name":"other"}\n');

    expect(
      await stage.call('flux_logs', { namespace, controller: 'kustomize-controller', about: 'apps' }),
    ).toMatchObject({ logs: [{ pod: 'kc-1', text: '{"name":"apps"}\n' }] });
    await expect(stage.call('flux_logs', { namespace, controller: 'source-controller' })).rejects.toMatchObject({
      code: 'OBJECT_NOT_FOUND',
      next: expect.stringContaining('flux_events'),
    });
  });

  test('only events about Flux', async () => {
    const event = (name: string, kind: string, apiVersion?: string) =>
      stage.add('events', 'shop', name, {
        involvedObject: { kind, ...(apiVersion === undefined ? {} : { apiVersion }), namespace: 'shop', name: 'apps' },
        type: 'Warning',
        message: name,
      });
    event('one', 'Kustomization', 'kustomize.toolkit.fluxcd.io/v1');
    event('two', 'Pod', 'v1');
    event('three', 'Kustomization', 'kustomize.config.k8s.io/v1beta1');
    event('four', 'Bucket', 'storage.example.com/v1');
    const one = { namespace: 'shop', kind: 'ks', name: 'apps' };

    expect(await stage.call('flux_events', { namespace: 'shop' })).toMatchObject({
      total: 1,
      events: [{ object: 'Kustomization shop/apps' }],
    });
    expect(await stage.call('flux_events', one)).toMatchObject({ total: 1, events: [{ message: 'one' }] });
  });
});

describe('bad input', () => {
  test.each([
    ['flux_get', { kind: 'ks', namespace: 'shop', name: 'apps --full' }],
    ['flux_get', { kind: 'ks', namespace: 'shop', name: '../apps' }],
    ['flux_trace', { kind: 'ks', namespace: 'shop', name: 'a'.repeat(300) }],
    ['flux_list', { namespace: '--all' }],
    ['flux_logs', { namespace: 'shop', controller: '--help' }],
    ['flux_events', { name: 'apps' }],
    ['flux_get', { kind: 'ks', name: 'apps' }],
  ])('%s refuses %j', async (tool, input) => {
    await expect(stage.call(tool, input)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect(stage.requests).toEqual([]);
  });

  test('a kind of Kubernetes is no kind of Flux', async () => {
    await expect(stage.call('flux_get', { kind: 'pods', namespace: 'shop', name: 'x' })).rejects.toMatchObject({
      code: 'UNKNOWN_NAME',
      next: expect.stringContaining('Kustomization'),
    });
  });

  test('a source outside of the allow list is not read', async () => {
    addFlux(stage.cluster, 'gitrepositories', 'secret', 'apps', {
      spec: { url: 'https://git.example.com/secret.git' },
    });
    change('kustomizations', 'apps', ({ spec }) => {
      spec['sourceRef'] = { kind: 'GitRepository', name: 'apps', namespace: 'secret' };
    });
    stage.allowedNamespaces = ['shop'];

    const traced = await stage.call('flux_trace', { kind: 'ks', namespace: 'shop', name: 'apps' });
    expect(traced).toMatchObject({ chain: [{}, { problem: 'namespace secret is not on the allow list' }] });
    expect(JSON.stringify(traced)).not.toContain('secret.git');
  });
});
