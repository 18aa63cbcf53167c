import { beforeEach, describe, expect, test } from '@jest/globals';
import { KubernetesStage } from '../../support/kubernetes-stage.ts';

let stage: KubernetesStage;
const TEMPLATE = { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'app', image: 'web:v1' }] } };

beforeEach(() => {
  stage = new KubernetesStage();
  stage.add('deployments', 'shop', 'web', {
    metadata: { uid: 'deploy' } as never,
    spec: { replicas: 2, template: TEMPLATE },
  });
});

const addPods = (count: number, namespace = 'shop'): void => {
  for (let index = 0; index < count; index += 1)
    stage.add('pods', namespace, `web-${String(index).padStart(3, '0')}`, {
      metadata: { labels: { app: 'web' } } as never,
      spec: { containers: [{ name: 'app' }] },
    });
};
const bytes = (answer: object): number => Buffer.byteLength(JSON.stringify(answer));

describe('k8s_list', () => {
  test('pages follow each other without a gap, with the total, and each is small', async () => {
    addPods(230);
    const names: string[] = [];
    let cursor: string | undefined;
    let pages = 0;
    do {
      const answer = await stage.call('k8s_list', {
        kind: 'po',
        namespace: 'shop',
        limit: 500,
        ...(cursor ? { cursor } : {}),
      });
      expect([answer['total'], bytes(answer) < 9000]).toEqual([230, true]);
      names.push(...(answer['rows'] as string[][]).map(([, name = '']) => name));
      cursor = answer['cursor'] as string | undefined;
      pages += 1;
    } while (cursor !== undefined);

    expect(names).toEqual(Array.from({ length: 230 }, (_, index) => `web-${String(index).padStart(3, '0')}`));
    expect(pages).toBeGreaterThan(1);
  });

  test('a cursor continues only its own list', async () => {
    addPods(3);
    const { cursor } = await stage.call('k8s_list', { kind: 'pods', namespace: 'shop', limit: 1 });

    await expect(
      stage.call('k8s_list', { kind: 'pods', namespace: 'shop', view: 'full', cursor }),
    ).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
    await expect(stage.call('k8s_list', { kind: 'pods', namespace: 'shop', cursor: 'e30' })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
  });

  test('the state that a cursor continues may be gone', async () => {
    addPods(3);
    const { cursor } = await stage.call('k8s_list', { kind: 'pods', namespace: 'shop', limit: 2 });
    for (const name of ['web-000', 'web-001', 'web-002'])
      stage.cluster.delete({ kind: { plural: 'pods' } as never, namespace: 'shop', name });

    await expect(stage.call('k8s_list', { kind: 'pods', namespace: 'shop', limit: 2, cursor })).rejects.toMatchObject({
      code: 'CURSOR_EXPIRED',
    });
  });

  test('the status view has the status only, and a large object takes its share only', async () => {
    stage.add('rollouts', 'shop', 'web', {
      spec: { note: 'y'.repeat(9000) },
      status: { phase: 'Healthy', text: 'x'.repeat(9000) },
    });
    const answer = await stage.call('k8s_list', { kind: 'rollouts', namespace: 'shop', view: 'status' });

    expect(answer['objects']).toMatchObject([{ namespace: 'shop', name: 'web', status: { phase: 'Healthy' } }]);
    expect(JSON.stringify(answer)).not.toContain('yyy');
    expect(bytes(answer)).toBeLessThan(2500);
  });

  test('with an allow list only its namespaces are read, and nothing outside of namespaces', async () => {
    addPods(2);
    addPods(2, 'other');
    addPods(1, 'hidden');
    stage.add('nodes', '', 'n1');
    stage.allowedNamespaces = ['shop', 'missing', 'other'];

    const answer = await stage.call('k8s_list', { kind: 'pods', limit: 3 });
    expect((answer['rows'] as string[][]).map(([namespace]) => namespace)).toEqual(['shop', 'shop', 'other']);
    const rest = await stage.call('k8s_list', { kind: 'pods', limit: 3, cursor: answer['cursor'] });
    expect(rest).toMatchObject({ rows: [['other', 'web-001', '0']] });
    expect(rest).not.toHaveProperty('cursor');

    for (const [tool, input] of [
      ['k8s_list', { kind: 'nodes' }],
      ['k8s_get', { kind: 'nodes', name: 'n1' }],
      ['k8s_get', { kind: 'namespaces', name: 'hidden' }],
      ['k8s_get', { kind: 'pods', namespace: 'hidden', name: 'web-000' }],
      ['k8s_logs', { namespace: 'hidden', name: 'web-000' }],
      ['k8s_top', { what: 'nodes' }],
    ] as const)
      await expect(stage.call(tool, input)).rejects.toMatchObject({ code: 'NAMESPACE_NOT_ALLOWED' });
  });

  test('a selector that the API server does not understand is the fault of the caller', async () => {
    await expect(
      stage.call('k8s_list', { kind: 'pods', namespace: 'shop', label_selector: 'a in ((' }),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  test('a namespace that does not exist is not an empty one', async () => {
    await expect(stage.call('k8s_list', { kind: 'pods', namespace: 'shpo' })).rejects.toMatchObject({
      code: 'NAMESPACE_NOT_FOUND',
    });
    expect(await stage.call('k8s_list', { kind: 'pods', namespace: 'shop' })).toMatchObject({ rows: [], total: 0 });
  });
});

describe('k8s_get', () => {
  test('masks secrets, and reads a part', async () => {
    stage.add('secrets', 'shop', 'db', { data: { url: 'aHVudGVyMg==' } });

    expect(await stage.call('k8s_get', { kind: 'secrets', namespace: 'shop', name: 'db' })).toMatchObject({
      kind: 'Secret',
      api_version: 'v1',
      object: { data: { url: '***' } },
    });
    expect(
      await stage.call('k8s_get', {
        kind: 'deploy',
        namespace: 'shop',
        name: 'web',
        field: 'spec.template.spec.containers.0.image',
      }),
    ).toMatchObject({ object: { value: 'web:v1' } });
    await expect(
      stage.call('k8s_get', { kind: 'deploy', namespace: 'shop', name: 'web', field: 'spec.nothing' }),
    ).rejects.toMatchObject({ code: 'UNKNOWN_NAME' });
  });

  test('says what it left out of a large object', async () => {
    stage.add('configmaps', 'shop', 'big', { data: { page: 'x'.repeat(50_000), small: 'y' } });
    const answer = await stage.call('k8s_get', { kind: 'cm', namespace: 'shop', name: 'big' });

    expect(answer).toMatchObject({
      object: { data: { small: 'y' } },
      left_out: [expect.stringContaining('data.page')],
    });
    expect(bytes(answer)).toBeLessThan(9000);
  });

  test('an object that does not exist', async () => {
    await expect(stage.call('k8s_get', { kind: 'pods', namespace: 'shop', name: 'none' })).rejects.toMatchObject({
      code: 'OBJECT_NOT_FOUND',
    });
  });
});

test.each([
  ['a flag in a name', 'k8s_get', { kind: 'pods', namespace: 'shop', name: 'web --full' }],
  ['a path as a name', 'k8s_get', { kind: 'pods', namespace: 'shop', name: '../x' }],
  ['a long name', 'k8s_get', { kind: 'pods', namespace: 'shop', name: 'x'.repeat(300) }],
  ['a path as a namespace', 'k8s_list', { kind: 'pods', namespace: '../kube-system' }],
  ['a path as a kind', 'k8s_list', { kind: 'pods/../secrets' }],
  ['a query as a kind', 'k8s_list', { kind: 'pods?watch=true' }],
  ['a path as a container', 'k8s_logs', { namespace: 'shop', name: 'web', container: '../x' }],
  ['a control character in a selector', 'k8s_list', { kind: 'pods', label_selector: 'a=b\u0000' }],
  ['a pod and a selector', 'k8s_logs', { namespace: 'shop', name: 'web', label_selector: 'app=web' }],
  ['neither', 'k8s_logs', { namespace: 'shop' }],
  ['a path of fields that leads outside', 'k8s_get', { kind: 'pods', namespace: 'shop', name: 'w', field: '../x' }],
])('%s is refused before any request', async (_, tool, input) => {
  await expect(stage.call(tool, input)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  expect(stage.requests).toEqual([]);
});

test.each([
  ['k8s_get', { kind: 'pods', name: 'web' }, 'INVALID_INPUT'],
  ['k8s_get', { kind: 'nodes', namespace: 'shop', name: 'n1' }, 'INVALID_INPUT'],
  ['k8s_get', { kind: 'middlewares', namespace: 'shop', name: 'm' }, 'KIND_AMBIGUOUS'],
  ['k8s_list', { kind: 'podz' }, 'UNKNOWN_NAME'],
])('%s %j is refused: %s', async (tool, input, code) => {
  await expect(stage.call(tool, input)).rejects.toMatchObject({ code });
});

describe('k8s_describe', () => {
  test('shows owners, managers, what refers to the object, and its events', async () => {
    const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'deploy', controller: true };
    stage.add('replicasets', 'shop', 'web-1', {
      metadata: { uid: 'rs', ownerReferences: [owner], labels: { 'helm.toolkit.fluxcd.io/name': 'web' } } as never,
      spec: { template: TEMPLATE },
    });
    stage.add('services', 'shop', 'web', { spec: { selector: { app: 'web' } } });
    stage.add('events', 'shop', 'e1', {
      involvedObject: { kind: 'ReplicaSet', namespace: 'shop', name: 'web-1' },
      type: 'Warning',
      reason: 'FailedCreate',
      message: 'exceeded quota; token=hunter2',
      lastTimestamp: '2026-01-01T00:00:00Z',
    });
    const answer = await stage.call('k8s_describe', { kind: 'rs', namespace: 'shop', name: 'web-1' });

    expect(answer).toMatchObject({
      owners: [{ kind: 'Deployment', name: 'web' }],
      managed_by: [{ tool: 'Flux' }, { tool: 'controller', what: 'Deployment web' }],
      referred_by: [{ kind: 'Service', name: 'web', how: 'selects its pods' }],
      events: [{ reason: 'FailedCreate', message: 'exceeded quota; token=***' }],
    });
  });

  test('an owner of the same name that is another object is said to be one', async () => {
    const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'an older one', controller: true };
    stage.add('replicasets', 'shop', 'web-1', { metadata: { ownerReferences: [owner] } as never });

    expect(await stage.call('k8s_describe', { kind: 'rs', namespace: 'shop', name: 'web-1' })).toMatchObject({
      owners: [{ problem: 'another object has its name now' }],
    });
  });
});

describe('k8s_logs', () => {
  test('the end of the log is kept, from the beginning of a line, and credentials are masked', async () => {
    addPods(1);
    stage.cluster.logs.set('web-000/app', `${'an early line\n'.repeat(500)}password=hunter2\nthe last line\n`);
    const { logs } = await stage.call('k8s_logs', { namespace: 'shop', name: 'web-000', max_bytes: 1000 });

    const [log] = logs as { text: string; cut: boolean }[];
    expect(log?.text).toMatch(/^an early line\n[\s\S]*password=\*\*\*\nthe last line\n$/);
    expect(log?.cut).toBe(true);
  });

  test('of several pods one that cannot be read does not hide the others, and the rest is named', async () => {
    addPods(3);
    stage.cluster.logs.set('web-000/app', 'hello\n');
    const answer = await stage.call('k8s_logs', { namespace: 'shop', label_selector: 'app=web', max_pods: 2 });

    expect(answer).toMatchObject({
      logs: [
        { pod: 'web-000', text: 'hello\n' },
        { pod: 'web-001', problem: expect.stringContaining('waiting to start') },
      ],
      left_out: ['web-002'],
    });
  });

  test('a pod with several containers asks for one of them', async () => {
    stage.add('pods', 'shop', 'two', { spec: { containers: [{ name: 'app' }, { name: 'proxy' }] } });

    await expect(stage.call('k8s_logs', { namespace: 'shop', name: 'two' })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      next: 'Name one of app, proxy.',
    });
    await expect(stage.call('k8s_logs', { namespace: 'shop', name: 'two', container: 'app' })).rejects.toMatchObject({
      code: 'NOT_APPLICABLE',
    });
  });
});

test('k8s_explain follows references, and refuses a field that does not exist with those that do', async () => {
  expect(await stage.call('k8s_explain', { kind: 'deploy', field: 'spec' })).toMatchObject({
    type: 'object',
    fields: [{ name: 'replicas' }, { name: 'strategy', type: 'object' }, { name: 'template', required: true }],
  });
  await expect(stage.call('k8s_explain', { kind: 'deploy', field: 'spec.replica' })).rejects.toMatchObject({
    code: 'UNKNOWN_NAME',
    message: expect.stringContaining('replicas'),
  });
});

test('k8s_top sums the containers, most CPU first', async () => {
  const usage = (cpu: string) => ({ usage: { cpu, memory: '1Mi' } });
  stage.add('pods.metrics', 'shop', 'idle', { containers: [usage('1m')] });
  stage.add('pods.metrics', 'shop', 'busy', { containers: [usage('100m'), usage('50000000n')] });

  expect(await stage.call('k8s_top', { namespace: 'shop' })).toEqual({
    usage: [
      { namespace: 'shop', name: 'busy', cpu_millicores: 150, memory_bytes: 2 * 2 ** 20 },
      { namespace: 'shop', name: 'idle', cpu_millicores: 1, memory_bytes: 2 ** 20 },
    ],
    total: 2,
  });
});

test('k8s_api_resources narrows and pages', async () => {
  const first = await stage.call('k8s_api_resources', { contains: 'traefik.io', limit: 2 });
  const second = await stage.call('k8s_api_resources', { contains: 'traefik.io', limit: 2, cursor: first['cursor'] });

  expect([first, second]).toMatchObject([{ total: 3 }, { total: 3 }]);
  expect([...(first['rows'] as string[][]), ...(second['rows'] as string[][])].map(([name]) => name)).toEqual([
    'traefikservices',
    'ingressroutes',
    'middlewares',
  ]);
  expect(second).not.toHaveProperty('cursor');
});

test('k8s_describe shows no event about an object of another group that has the same kind and name', async () => {
  stage.add('deployments', 'shop', 'twin');
  for (const [name, apiVersion] of [
    ['own', 'apps/v1'],
    ['foreign', 'other.dev/v1'],
    ['unnamed', undefined],
  ] as const)
    stage.add('events', 'shop', name, {
      involvedObject: { kind: 'Deployment', namespace: 'shop', name: 'twin', ...(apiVersion && { apiVersion }) },
      message: name,
    });
  const { events } = await stage.call('k8s_describe', { kind: 'deployments', namespace: 'shop', name: 'twin' });
  expect((events as { message: string }[]).map(({ message }) => message).toSorted()).toEqual(['own', 'unnamed']);
});
