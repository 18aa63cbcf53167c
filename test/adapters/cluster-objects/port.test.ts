import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createClusterObjects } from '../../../src/adapters/cluster-objects/index.ts';
import { createClusters } from '../../../src/adapters/kubernetes/index.ts';
import type { ApiKind } from '../../../src/domain/cluster-objects/api-kind.ts';
import type { ClusterObjectsPort } from '../../../src/ports/cluster-objects.ts';
import { startHttpServer, type Answer, type HttpServer } from '../../support/http-server.ts';
import { writeKubeconfig } from '../../support/kubeconfig.ts';
import { pushed } from '../../support/pushed.ts';

const DEPLOYMENTS: ApiKind = {
  kind: 'Deployment',
  group: 'apps',
  version: 'v1',
  plural: 'deployments',
  singular: 'deployment',
  shortNames: ['deploy'],
  namespaced: true,
  verbs: ['get'],
  subresources: ['scale'],
  preferred: true,
};
const AT = { cluster: 'test', kind: DEPLOYMENTS, namespace: 'shop', name: 'web' };
const PATH = '/apis/apps/v1/namespaces/shop/deployments';

let server: HttpServer;
let port: ClusterObjectsPort;
let answers: Record<string, Answer>;
let now: number;

beforeEach(async () => {
  answers = {};
  now = 0;
  server = await startHttpServer(({ path }) => answers[path] ?? { status: 404, body: '404 page not found' });
  port = createClusterObjects(createClusters({ kubeconfig: writeKubeconfig({ test: server.url }) }), {
    now: () => now,
  });
});

afterEach(() => server.close());

const resource = {
  resource: 'deployments',
  responseKind: { kind: 'Deployment' },
  scope: 'Namespaced',
  singularResource: 'deployment',
  shortNames: ['deploy'],
  verbs: ['get'],
  subresources: [{ subresource: 'scale' }],
};
const discovery = (...versions: string[]): Answer => ({
  body: {
    kind: 'APIGroupDiscoveryList',
    items: [{ metadata: { name: 'apps' }, versions: versions.map((version) => ({ version, resources: [resource] })) }],
  },
});
const NOTHING: Answer = { body: { kind: 'APIGroupDiscoveryList', items: [] } };

test('kinds come from the aggregated discovery, the first version is preferred, and they are kept for half a minute', async () => {
  answers['/api'] = NOTHING;
  answers['/apis'] = discovery('v1', 'v1beta1');

  expect(await port.kinds('test')).toEqual([DEPLOYMENTS, { ...DEPLOYMENTS, version: 'v1beta1', preferred: false }]);
  expect(server.requests[0]?.headers['accept']).toContain('g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList');
  now = 29_000;
  await port.kinds('test');
  expect(server.requests).toHaveLength(2);
  now = 31_000;
  await port.kinds('test');
  await port.kinds('test', true);
  expect(server.requests).toHaveLength(6);
});

test('an API server without aggregated discovery is named, and asked again', async () => {
  answers['/api'] = answers['/apis'] = { body: { kind: 'APIVersions' } };
  await expect(port.kinds('test')).rejects.toMatchObject({ code: 'CRD_MISSING' });

  answers['/api'] = answers['/apis'] = NOTHING;
  expect(await port.kinds('test')).toEqual([]);
});

test('a table has the columns that kubectl shows by default, and the rest of the list', async () => {
  answers[`${PATH}?limit=2&labelSelector=app%3Dweb`] = {
    body: {
      kind: 'Table',
      metadata: { continue: 'more', remainingItemCount: 7 },
      columnDefinitions: [{ name: 'Name' }, { name: 'Ready' }, { name: 'Images', priority: 1 }],
      rows: [{ cells: ['web', '1/2', 'x'], object: { metadata: { name: 'web', namespace: 'shop' } } }],
    },
  };

  expect(await port.table(AT, { limit: 2, labelSelector: 'app=web' })).toEqual({
    columns: ['Ready'],
    rows: [{ name: 'web', namespace: 'shop', cells: ['1/2'] }],
    next: 'more',
    remaining: 7,
  });
  expect(server.requests[0]?.headers['accept']).toBe('application/json;as=Table;v=v1;g=meta.k8s.io');
});

test('items of a list say what they are, which the API server leaves out', async () => {
  answers[`${PATH}?limit=1`] = { body: { items: [{ metadata: { name: 'web' } }] } };

  expect(await port.page(AT, { limit: 1 })).toEqual({
    items: [{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web' } }],
  });
});

test.each([
  [400, 'INVALID_INPUT'],
  [403, 'FORBIDDEN'],
  [410, 'CURSOR_EXPIRED'],
  [503, 'CLUSTER_UNREACHABLE'],
])('a list that is answered with %s is %s', async (status, code) => {
  answers[`${PATH}?limit=1`] = { status, body: { kind: 'Status', message: 'because' } };

  await expect(port.page(AT, { limit: 1 })).rejects.toMatchObject({ code });
});

const BEFORE = { metadata: { name: 'web', uid: 'u1', resourceVersion: '7' } };

test.each([
  [
    'merge',
    { how: 'merge', patch: { spec: { replicas: 2 } } },
    { spec: { replicas: 2 }, metadata: { resourceVersion: '7' } },
  ],
  [
    'json',
    { how: 'json', operations: [{ op: 'remove', path: '/a' }] },
    [
      { op: 'test', path: '/metadata/resourceVersion', value: '7' },
      { op: 'remove', path: '/a' },
    ],
  ],
  [
    'apply',
    { how: 'apply', manifest: { metadata: { name: 'web' } }, takeOver: true },
    { metadata: { name: 'web', resourceVersion: '7' } },
  ],
] as const)('a dry run by %s tests the version that was read', async (how, write, body) => {
  const query = how === 'apply' ? 'fieldManager=sluice&force=true&dryRun=All' : 'fieldManager=sluice&dryRun=All';
  answers[`${PATH}/web?${query}`] = { body: { metadata: { name: 'web' } } };

  expect(await port.write(AT, BEFORE, write, true)).toMatchObject({ kind: 'Deployment' });
  expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual(body);
});

test('apply of a new object cannot change one that somebody else has created meanwhile', async () => {
  answers[`${PATH}/web?fieldManager=sluice`] = { body: { metadata: { name: 'web' } } };

  await port.write(AT, undefined, { how: 'apply', manifest: { metadata: { name: 'web' } }, takeOver: false }, false);

  expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({ metadata: { name: 'web', resourceVersion: '1' } });
});

test.each([
  ['7', 'MANIFEST_REFUSED'],
  ['8', 'CONFLICT'],
])('a refused JSON patch of version %s is %s', async (resourceVersion, code) => {
  answers[`${PATH}/web?fieldManager=sluice`] = { status: 422, body: { kind: 'Status', message: 'because' } };
  answers[`${PATH}/web`] = { body: { metadata: { name: 'web', resourceVersion } } };

  await expect(port.write(AT, BEFORE, { how: 'json', operations: [] }, false)).rejects.toMatchObject({ code });
});

test('a log is read with all its limits, and the reason of the kubelet is passed on', async () => {
  const query = { cluster: 'test', namespace: 'shop', pod: 'web-1', container: 'app', tailLines: 5, limitBytes: 100 };
  const path = '/api/v1/namespaces/shop/pods/web-1/log?container=app&tailLines=5&limitBytes=100';
  answers[`${path}&previous=true&sinceSeconds=60`] = { body: 'a\nb\n' };
  answers[path] = { status: 400, body: { kind: 'Status', message: 'container is waiting to start' } };

  expect(await port.log({ ...query, previous: true, sinceSeconds: 60 })).toBe('a\nb\n');
  await expect(port.log({ ...query, previous: false })).rejects.toMatchObject({
    code: 'NOT_APPLICABLE',
    message: expect.stringContaining('waiting to start'),
  });
});

test('a log is followed in pieces until the caller ends it, and a connection that breaks is an error', async () => {
  const bytes = Buffer.from('first ö\n');
  const parts = pushed<Uint8Array | 'break'>();
  const api = createServer((request, response) => {
    expect(request.url).toContain('&follow=true');
    void (async () => {
      for await (const part of parts)
        if (part === 'break') response.destroy();
        else response.write(part);
    })();
  });
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
  const { port: number } = api.address() as AddressInfo;
  const objects = createClusterObjects(
    createClusters({ kubeconfig: writeKubeconfig({ test: `http://127.0.0.1:${number}` }) }),
  );
  const query = { cluster: 'test', namespace: 'shop', pod: 'web-1', container: 'app', tailLines: 5, limitBytes: 100 };
  const follow = (signal: AbortSignal) => objects.followLog({ ...query, previous: false }, signal);

  const cancel = new AbortController();
  parts.push(bytes.subarray(0, 7));
  const seen: string[] = [];
  for await (const piece of await follow(cancel.signal)) {
    seen.push(piece);
    if (seen.length === 1) parts.push(bytes.subarray(7));
    else cancel.abort();
  }
  expect(seen.join('')).toBe('first ö\n');

  parts.push(Buffer.from('a\n'));
  const broken = (async () => {
    for await (const piece of await follow(new AbortController().signal)) if (piece === 'a\n') parts.push('break');
  })();
  await expect(broken).rejects.toMatchObject({ code: 'CLUSTER_UNREACHABLE' });
  api.closeAllConnections();
  api.close();
});

test('a log of a node without a kubelet is refused in words', async () => {
  const message =
    'Get "https://node:10250/containerLogs/shop/web-1/app": no preferred addresses found; known addresses: []';
  answers['/api/v1/namespaces/shop/pods/web-1/log?container=app&tailLines=5&limitBytes=100'] = {
    status: 500,
    body: { kind: 'Status', message },
  };
  const query = { cluster: 'test', namespace: 'shop', pod: 'web-1', container: 'app', tailLines: 5, limitBytes: 100 };

  await expect(port.log({ ...query, previous: false })).rejects.toMatchObject({
    code: 'NOT_APPLICABLE',
    message: expect.stringMatching(/the node of the pod has no address .* A node without a kubelet/),
    next: expect.stringContaining('k8s_describe'),
  });
});
