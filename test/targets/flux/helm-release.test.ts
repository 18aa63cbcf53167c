import { beforeEach, describe, expect, test } from '@jest/globals';
import type { FluxPlan } from '../../../src/domain/release/version-source.ts';
import { failureOf } from '../../support/argo-objects-stage.ts';
import { chartFile, FakeGitOps } from '../../support/fake-gitops.ts';

const FIELD = 'spec.chart.spec.version';
const CHART = { helmRelease: 'site', field: FIELD, value: '1.2.0' };
const OWNER = { releaseId: 'release/test/shop/web', runId: 'r' };
let ops: FakeGitOps;
beforeEach(() => {
  ops = new FakeGitOps();
  ops.withChart();
});

const look = async () => ops.workload.source?.(ops.spec('v2', CHART));

test('the plan fixes the HelmRelease, and both versions of the chart', async () => {
  expect(await look()).toMatchObject({
    checks: [{ ok: true, detail: `web.yaml at c0: ${FIELD}: 1.1.0 → 1.2.0, by a commit to main` }],
    plan: { flux: { release: { namespace: 'shop', name: 'site' }, from: '1.1.0', to: '1.2.0', image: 'shop:v2' } },
  });
});

test('without an inventory of the HelmRelease the labels of the Rollout have to name it', async () => {
  delete (ops.helmRelease?.['status'] as Record<string, unknown>)['inventory'];
  expect((await look())?.checks).toMatchObject([
    { ok: false, detail: 'HelmRelease shop/site has no inventory, and the labels of the Rollout name no HelmRelease' },
  ]);
  const labels = { 'helm.toolkit.fluxcd.io/name': 'site', 'helm.toolkit.fluxcd.io/namespace': 'shop' };
  ops.rollout = { metadata: { name: 'web', labels } };
  expect((await look())?.plan).toBeDefined();
});

const releaseIn = (spec: object, status: object = {}) =>
  (ops.helmRelease = { ...ops.helmRelease, spec, status: { ...(ops.helmRelease?.['status'] as object), ...status } });
const entries = (...ids: string[]) => ({ inventory: { entries: ids.map((id) => ({ id, v: 'v2' })) } });
const ofKustomization = (...ids: string[]) =>
  (ops.kustomization['status'] = { ...(ops.kustomization['status'] as object), ...entries(...ids) });
const HELM_RELEASE = 'helm.toolkit.fluxcd.io_HelmRelease';

test.each<[string, () => unknown, RegExp]>([
  ['a HelmRelease of others', () => ofKustomization(), /does not list a HelmRelease site/],
  [
    'one in two namespaces',
    () => ofKustomization(`a_site_${HELM_RELEASE}`, `b_site_${HELM_RELEASE}`),
    /applies a HelmRelease site in a and b/,
  ],
  ['a suspended one', () => releaseIn({ suspend: true }), /^HelmRelease shop\/site is suspended/],
  [
    'one that failed',
    () => releaseIn({}, { conditions: [{ type: 'Ready', status: 'False', reason: 'UpgradeFailed', message: 'no' }] }),
    /^HelmRelease shop\/site is not ready: UpgradeFailed: no/,
  ],
  ['one that corrects drift', () => releaseIn({ driftDetection: { mode: 'enabled' } }), /corrects drift/],
  ['one without the Rollout', () => releaseIn({}, entries()), /does not list Rollout shop\/web/],
  ['the same version', () => ops.push('main', chartFile('1.2.0')), /is 1\.2\.0 already/],
])('%s is refused, with the reason', async (_, make, reason) => {
  make();
  const found = await look();
  expect(found?.checks.map(({ detail }) => detail)).toEqual([expect.stringMatching(reason)]);
  expect(found?.plan).toBeUndefined();
});

describe('the change', () => {
  const set = async (flux: FluxPlan, from: string, to: string) =>
    ops.workload.setImage(
      ops.target,
      { container: 'app', from: `shop:${from}`, to: `shop:${to}`, flux, wait: ops.wait },
      OWNER,
    );
  const planOf = async () => (await look())?.plan?.flux as FluxPlan;

  test('is a commit of the version of the chart, and the HelmRelease is asked after the Kustomization', async () => {
    const flux = await planOf();
    expect(await set(flux, 'v1', 'v2')).toMatchObject({
      changed: true,
      source: expect.stringMatching(/is applied by Kustomization shop\/apps and HelmRelease shop\/site$/),
    });
    expect([ops.textOn('main'), ops.image]).toEqual([chartFile('1.2.0'), 'shop:v2']);
    expect(await set(flux, 'v1', 'v2')).toMatchObject({ changed: false });

    expect(await set(flux, 'v2', 'v1')).toMatchObject({ changed: true });
    expect([ops.textOn('main'), ops.image]).toEqual([chartFile('1.1.0'), 'shop:v1']);
  });

  test.each(['patch gitrepositories', 'patch kustomizations', 'patch helmreleases'])(
    'is no commit without the right to %s',
    async (right) => {
      const flux = await planOf();
      ops.forbidden = [right];
      expect(await failureOf(set(flux, 'v1', 'v2'))).toMatchObject({
        code: 'FORBIDDEN',
        message: expect.stringContaining(`may not ${right}`),
      });
      expect(ops.textOn('main')).toBe(chartFile('1.1.0'));
    },
  );
});
