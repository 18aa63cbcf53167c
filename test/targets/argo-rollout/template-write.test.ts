import { expect, test } from '@jest/globals';
import { DEPLOYMENT, ROLLOUT, type ObjectRef } from '../../../src/adapters/kubernetes/kinds.ts';
import { decideTemplate, digestOf } from '../../../src/targets/argo-rollout/template-change.ts';
import { planTemplate, readDigest } from '../../../src/targets/argo-rollout/template-write.ts';
import { FakeCluster } from '../../support/fake-cluster.ts';

const target = { cluster: 'dev', namespace: 'shop', rollout: 'shop' };
const ref = (kind: ObjectRef['kind']): ObjectRef => ({ kind, namespace: 'shop', name: 'shop' });
const TEMPLATE = {
  metadata: { labels: { app: 'shop' } },
  spec: {
    containers: [{ name: 'app', image: 'shop:v1', env: [{ name: 'API_TOKEN', value: 'old' }] }],
    initContainers: [{ name: 'init', image: 'init:1' }],
  },
};

function clusterWith(kind: ObjectRef['kind']): FakeCluster {
  const cluster = new FakeCluster('dev');
  const workloadRef = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'shop' };
  cluster.create(ref(ROLLOUT), { spec: kind === DEPLOYMENT ? { workloadRef } : { template: TEMPLATE } });
  if (kind === DEPLOYMENT) cluster.create(ref(DEPLOYMENT), { spec: { replicas: 0, template: TEMPLATE } });
  return cluster;
}

const app = (changes: object) => ({ spec: { containers: [{ name: 'app', ...changes }] } });

test.each([ROLLOUT, DEPLOYMENT])(
  'a plan is tried, shows each field without secrets, and stores nothing: %j',
  async (kind) => {
    const cluster = clusterWith(kind);
    const patch = app({ env: [{ name: 'API_TOKEN', value: 'new' }], resources: { limits: { memory: '1Gi' } } });
    const found = await planTemplate(cluster, target, { patch, images: { app: 'shop:v2' } });

    expect(found).toMatchObject({
      fields: [
        { path: 'spec.template.spec.containers[app].env[API_TOKEN].value', from: '***', to: '***' },
        { path: 'spec.template.spec.containers[app].resources.limits.memory', to: '1Gi' },
      ],
      change: {
        from: digestOf(TEMPLATE),
        forward: expect.arrayContaining([
          { op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'shop:v2' },
        ]),
      },
    });
    expect(cluster.peek(ref(kind)).spec['template']).toEqual(TEMPLATE);
    expect(await readDigest(cluster, target)).toBe(digestOf(TEMPLATE));
  },
);

test.each([
  [app({ image: 'shop:v9' }), 'template.spec.containers[app].image: name it in image or images'],
  [{ spec: { initContainers: [{ name: 'init', image: 'init:2' }] } }, 'template.spec.initContainers[init].image'],
  [{ spec: { containers: [{ image: 'x' }] } }, 'has no name'],
])('%j is refused', async (patch, problem) => {
  expect(await planTemplate(clusterWith(ROLLOUT), target, { patch, images: {} })).toMatchObject({
    problem: expect.stringContaining(problem),
    next: 'Correct template in the release file.',
  });
});

test('a patch that has been released already changes no field', async () => {
  const patch = { spec: { initContainers: [{ name: 'init', image: 'init:1' }] } };

  expect(await planTemplate(clusterWith(ROLLOUT), target, { patch, images: { app: 'shop:v1' } })).toMatchObject({
    fields: [],
    change: { forward: [], back: [] },
  });
});

test('what Argo itself adds to a template does not change its digest, and everything else does', () => {
  const [container] = TEMPLATE.spec.containers;
  const written = {
    metadata: { ...TEMPLATE.metadata, creationTimestamp: null },
    spec: { ...TEMPLATE.spec, containers: [{ ...container, resources: {} }] },
  };

  expect(digestOf(written)).toBe(digestOf(TEMPLATE));
  const changed = {
    ...TEMPLATE,
    spec: { ...TEMPLATE.spec, containers: [{ ...container, resources: { limits: {} } }] },
  };
  expect(digestOf(changed)).not.toBe(digestOf(TEMPLATE));
});

test('a template of another digest is never written', () => {
  const step = { from: digestOf({ a: 1 }), to: digestOf({ a: 2 }), operations: [] };

  expect(decideTemplate('Rollout shop', { a: 1 }, step)).toMatchObject({ patch: [], done: { changed: true } });
  expect(decideTemplate('Rollout shop', { a: 2 }, step)).toMatchObject({ done: { changed: false } });
  expect(decideTemplate('Rollout shop', { a: 3 }, step)).toMatchObject({ done: { refused: true } });
});
