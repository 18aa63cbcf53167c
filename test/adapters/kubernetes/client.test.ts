import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { createClusters } from '../../../src/adapters/kubernetes/index.ts';
import type { ClusterClient } from '../../../src/adapters/kubernetes/index.ts';
import { POD, ROLLOUT, SERVICE } from '../../../src/adapters/kubernetes/kinds.ts';
import { SluiceError } from '../../../src/domain/errors.ts';
import { startHttpServer } from '../../support/http-server.ts';
import type { Answer, HttpServer } from '../../support/http-server.ts';
import { writeKubeconfig } from '../../support/kubeconfig.ts';

const APP = { kind: ROLLOUT, namespace: 'shop', name: 'app' };
const PATH = '/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts/app';

const status = (code: number, message: string, details?: object): Answer => ({
  status: code,
  body: { kind: 'Status', status: 'Failure', code, message, details },
});
const absent = (name: string): Answer => status(404, `"${name}" not found`, { name });

let server: HttpServer;
let client: ClusterClient;
let answers: Record<string, Answer>;

beforeEach(async () => {
  answers = {};
  server = await startHttpServer(
    ({ path }) => answers[path] ?? { status: 500, body: `no answer prepared for ${path}` },
  );
  client = createClusters({ kubeconfig: writeKubeconfig({ test: server.url }), requestTimeoutMs: 1_500 }).client(
    'test',
  );
});

afterEach(() => server.close());

async function failure(attempt: Promise<unknown>): Promise<SluiceError> {
  return attempt.then(
    () => {
      throw new Error('it did not fail');
    },
    (error: unknown) => {
      if (error instanceof SluiceError) return error;
      throw error;
    },
  );
}

describe('requests', () => {
  test('get reads JSON, and sends no token over plain HTTP, as kubectl does', async () => {
    answers[PATH] = { body: { metadata: { name: 'app' } } };

    expect(await client.get(APP)).toEqual({ metadata: { name: 'app' } });
    expect(server.requests).toMatchObject([{ method: 'GET', path: PATH, headers: { accept: 'application/json' } }]);
    expect(server.requests[0]?.headers).not.toHaveProperty('authorization');
  });

  test('core objects live under /api, and names are escaped', async () => {
    answers['/api/v1/namespaces/shop/services/a%2Fb'] = { body: {} };

    await client.get({ kind: SERVICE, namespace: 'shop', name: 'a/b' });

    expect(server.requests[0]?.path).toBe('/api/v1/namespaces/shop/services/a%2Fb');
  });

  test('patches name their kind and their subresource', async () => {
    for (const path of [`${PATH}/status`, PATH, `${PATH}?fieldManager=sluice&force=true`]) answers[path] = { body: {} };

    await client.jsonPatch(APP, [{ op: 'test', path: '/a', value: 1 }], { subresource: 'status' });
    await client.mergePatch(APP, { spec: { paused: false } });
    await client.apply(APP, { spec: {} }, { fieldManager: 'sluice', force: true });

    expect(
      server.requests.map(({ method, path, headers, body }) => [method, path, headers['content-type'], body]),
    ).toEqual([
      ['PATCH', `${PATH}/status`, 'application/json-patch+json', '[{"op":"test","path":"/a","value":1}]'],
      ['PATCH', PATH, 'application/merge-patch+json', '{"spec":{"paused":false}}'],
      ['PATCH', `${PATH}?fieldManager=sluice&force=true`, 'application/apply-patch+yaml', '{"spec":{}}'],
    ]);
  });

  test('a list is read page by page', async () => {
    const path = '/api/v1/namespaces/infra/pods?limit=500&labelSelector=app%3Dtraefik';
    answers[path] = { body: { items: [{ n: 1 }], metadata: { continue: 'more' } } };
    answers[`${path}&continue=more`] = { body: { items: [{ n: 2 }], metadata: {} } };

    expect(await client.list(POD, 'infra', 'app=traefik')).toEqual([{ n: 1 }, { n: 2 }]);
  });

  test('a pod is evicted only if it is the one that was read, and a budget that keeps it is a refusal', async () => {
    const path = '/api/v1/namespaces/shop/pods/web-1/eviction';
    const pod = { namespace: 'shop', name: 'web-1' };
    answers[`${path}?dryRun=All`] = { body: {} };
    answers[path] = status(429, 'it would violate the budget web');

    await client.evict(pod, { uid: 'u1' }, { dryRun: true });
    expect(server.requests[0]).toMatchObject({ method: 'POST', path: `${path}?dryRun=All` });
    expect(JSON.parse(server.requests[0]?.body ?? '')).toMatchObject({
      kind: 'Eviction',
      metadata: pod,
      deleteOptions: { preconditions: { uid: 'u1' } },
    });
    expect(await failure(client.evict(pod, { uid: 'u1' }))).toMatchObject({
      code: 'NOT_APPLICABLE',
      message: expect.stringContaining('the budget web'),
    });
  });

  test('a deletion can be tried', async () => {
    answers[PATH] = { body: {} };

    await client.remove(APP, { uid: 'u1' }, { dryRun: true });

    expect(JSON.parse(server.requests[0]?.body ?? '')).toMatchObject({ dryRun: ['All'], preconditions: { uid: 'u1' } });
  });

  test('a pod is reached through the proxy, with its own status', async () => {
    answers['/api/v1/namespaces/infra/pods/traefik-1%3A8080/proxy/api/version'] = { status: 418, body: 'teapot' };

    expect(await client.podGet({ namespace: 'infra', name: 'traefik-1', port: 8080 }, '/api/version')).toMatchObject({
      status: 418,
      body: 'teapot',
    });
  });

  test('connections are kept: client-node alone would open one for each request', async () => {
    answers[PATH] = { body: {} };

    for (let count = 0; count < 10; count += 1) await client.get(APP);

    expect(server.connections()).toBeLessThanOrEqual(2);
  });
});

describe('failures', () => {
  test('a missing object, a missing namespace and a missing CRD are told apart', async () => {
    answers[PATH] = absent('app');
    answers['/api/v1/namespaces/shop'] = { body: { kind: 'Namespace' } };
    expect((await failure(client.get(APP))).code).toBe('ROLLOUT_NOT_FOUND');

    answers['/api/v1/namespaces/shop'] = absent('shop');
    expect((await failure(client.get(APP))).code).toBe('NAMESPACE_NOT_FOUND');

    answers[PATH] = { status: 404, body: '404 page not found\n' };
    expect((await failure(client.get(APP))).code).toBe('CRD_MISSING');
    answers['/apis/argoproj.io/v1alpha1/namespaces/shop/rollouts?limit=500'] = {
      status: 404,
      body: '404 page not found\n',
    };
    expect((await failure(client.list(ROLLOUT, 'shop'))).code).toBe('CRD_MISSING');
  });

  test('when the namespace may not be read, the missing object is the answer', async () => {
    answers[PATH] = absent('app');
    answers['/api/v1/namespaces/shop'] = status(403, 'forbidden');

    expect((await failure(client.get(APP))).code).toBe('ROLLOUT_NOT_FOUND');
  });

  test.each([
    [401, 'FORBIDDEN'],
    [403, 'FORBIDDEN'],
    [409, 'CONFLICT'],
    [429, 'CLUSTER_UNREACHABLE'],
    [500, 'CLUSTER_UNREACHABLE'],
    [503, 'CLUSTER_UNREACHABLE'],
    [400, 'INTERNAL'],
  ] as const)('status %p becomes %p and keeps the reason', async (code, expected) => {
    answers[PATH] = status(code, 'because\u001b[31m of\nthis');

    const error = await failure(client.get(APP));

    expect(error.code).toBe(expected);
    expect(error.message).toContain('of this');
    expect(error.message).not.toContain('\u001b');
    expect(error.message).not.toContain('\n');
    expect(error.details).toMatchObject({ cluster: 'test', status: code });
  });

  test('a failed test in a JSON patch is a result, not an error', async () => {
    answers[PATH] = status(422, 'the server rejected our request');

    expect(await client.jsonPatch(APP, [])).toEqual({ applied: false, why: 'the server rejected our request' });
  });

  test('a value of a wrong type is refused, and not shown', async () => {
    const message =
      'failed to create typed patch object (shop/app; /v1, Kind=Secret): .data.a: expected string, got &value.valueUnstructured{Value:12345}';
    answers[`${PATH}?fieldManager=sluice`] = status(500, message);
    const error = await failure(client.apply(APP, {}, { fieldManager: 'sluice' }));

    expect(error).toMatchObject({ code: 'MANIFEST_REFUSED', message: expect.stringContaining('expected string') });
    expect(error.message).not.toContain('12345');
  });

  test('a merge patch that is not valid is refused, and a conflict is one', async () => {
    answers[PATH] = status(422, 'spec.replicas must be a number');
    expect(await failure(client.mergePatch(APP, {}))).toMatchObject({ code: 'MANIFEST_REFUSED' });

    answers[PATH] = status(409, 'the object has been modified');
    expect(await failure(client.mergePatch(APP, {}))).toMatchObject({ code: 'CONFLICT' });
  });

  test('a server that does not answer in time, or is not there', async () => {
    answers[PATH] = { silent: true };
    const slow = await failure(client.get(APP));
    expect(slow).toMatchObject({ code: 'CLUSTER_UNREACHABLE', details: { timedOut: true } });
    expect(slow.message).toContain('1500 ms');

    await server.close();
    expect((await failure(client.get(APP))).message).toContain('ECONNREFUSED');
  });
});

describe('rights', () => {
  const REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews';
  const access = {
    group: 'argoproj.io',
    resource: 'rollouts',
    subresource: 'status',
    verb: 'patch',
    namespace: 'shop',
  };

  test.each([
    [{ allowed: true }, true],
    [{ allowed: false, denied: true }, false],
    [{}, false],
  ])('a review that says %j is %s', async (answer, expected) => {
    answers[REVIEWS] = { status: 201, body: { status: answer } };

    expect(await client.allowed(access)).toBe(expected);
    expect(server.requests[0]).toMatchObject({ method: 'POST', path: REVIEWS });
    expect(JSON.parse(server.requests[0]?.body ?? '')).toEqual({
      apiVersion: 'authorization.k8s.io/v1',
      kind: 'SelfSubjectAccessReview',
      spec: { resourceAttributes: access },
    });
  });

  test('an account that may not even ask is told so', async () => {
    answers[REVIEWS] = status(403, 'no');

    expect((await failure(client.allowed(access))).code).toBe('FORBIDDEN');
  });
});

describe('contexts', () => {
  test('are those of the kubeconfig; an unknown one is refused with the nearest', () => {
    const clusters = createClusters({ kubeconfig: writeKubeconfig({ staging: server.url, production: server.url }) });

    expect(clusters.contexts()).toEqual(['staging', 'production']);
    expect(clusters.currentContext()).toBe('staging');
    expect(() => clusters.client('productoin')).toThrow(
      expect.objectContaining({
        code: 'CLUSTER_UNKNOWN',
        details: { contexts: ['staging', 'production'], nearest: 'production' },
      }),
    );
  });

  test('a kubeconfig that is not there is a wrong setting', () => {
    expect(() => createClusters({ kubeconfig: '/does/not/exist' })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    );
  });
});
