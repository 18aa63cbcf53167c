import { beforeEach, expect, test } from '@jest/globals';
import { FakeGitOps, fileOf, URL } from '../../support/fake-gitops.ts';

let ops: FakeGitOps;
beforeEach(() => {
  ops = new FakeGitOps();
});

test('the plan fixes the branch, the field and its values', async () => {
  expect(await ops.workload.source?.(ops.spec('v2'))).toEqual({
    checks: [{ name: 'flux', ok: true, detail: 'web.yaml at c0: images[0].newTag: v1 → v2, by a commit to main' }],
    plan: {
      flux: {
        ...{ kustomization: 'apps', namespace: 'shop', file: 'web.yaml', url: URL, branch: 'main', image: 'shop:v2' },
        ...{ repository: { namespace: 'shop', name: 'apps' }, from: 'v1', to: 'v2' },
      },
    },
  });
});

const condition = (object: Record<string, unknown>, more: object) =>
  (object['status'] = {
    ...(object['status'] as object),
    conditions: [{ type: 'Ready', status: 'False', reason: 'BuildFailed', message: 'it is broken', ...more }],
  });
const inventory = (...ids: string[]) => ({
  inventory: { entries: ids.map((id) => ({ id, v: 'v1' })) },
  conditions: [{ type: 'Ready', status: 'True', reason: 'ok', message: '' }],
});
const ROLLOUT = 'shop_web_argoproj.io_Rollout';

test.each<[string, (now: FakeGitOps) => void, RegExp]>([
  [
    'a suspended Kustomization',
    (now) => void (now.kustomization['spec'] = { ...(now.kustomization['spec'] as object), suspend: true }),
    /^Kustomization shop\/apps is suspended/,
  ],
  ['a broken Kustomization', (now) => void condition(now.kustomization, {}), /is not ready: BuildFailed: it is broken/],
  ['a broken GitRepository', (now) => void condition(now.git, {}), /^GitRepository shop\/apps is not ready/],
  ['a Rollout of others', (now) => void (now.kustomization['status'] = inventory()), /does not list Rollout shop\/web/],
  [
    'a source without branches',
    (now) => void (now.kustomization['spec'] = { sourceRef: { kind: 'OCIRepository', name: 'x' } }),
    /its source is OCIRepository/,
  ],
  ['a tag', (now) => void (now.git['spec'] = { url: URL, ref: { tag: 'v1' } }), /follows tag, not only a branch/],
  [
    'weights in Git',
    (now) => void (now.kustomization['status'] = inventory(ROLLOUT, 'shop_web_traefik.io_TraefikService')),
    /^Flux applies TraefikService web, so it puts back/,
  ],
  ['another value', (now) => void now.push('main', fileOf('v9')), /is v9, and the Rollout has shop:v1/],
  ['no field', (now) => void now.push('main', 'a: b\n'), /has neither a Rollout web/],
  ['an update under way', (now) => void (now.stable = false), /is not the stable version/],
])('%s is refused, with the reason', async (_, make, reason) => {
  make(ops);
  const found = await ops.workload.source?.(ops.spec('v2'));

  expect(found?.checks.map(({ detail }) => detail)).toEqual([expect.stringMatching(reason)]);
  expect(found?.plan).toBeUndefined();
});

test('weights that Flux leaves alone are no fault', async () => {
  ops.kustomization['status'] = inventory(ROLLOUT, 'shop_web_traefik.io_TraefikService');
  ops.traefikService = {
    metadata: { name: 'web', annotations: { 'kustomize.toolkit.fluxcd.io/ssa': 'IfNotPresent' } },
  };

  expect((await ops.workload.source?.(ops.spec('v2')))?.plan).toBeDefined();
});

test('an image of another name is refused where the field holds the tag', async () => {
  const found = await ops.workload.source?.({ ...ops.spec('v2'), image: 'other:v2' });

  expect(found?.checks).toMatchObject([
    { ok: false, detail: expect.stringContaining('other:v2 is not shop with a tag') },
  ]);
});
