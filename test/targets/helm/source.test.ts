import { beforeEach, expect, test } from '@jest/globals';
import { FakeChart, manifestOf } from '../../support/fake-chart.ts';

let chart: FakeChart;
beforeEach(() => {
  chart = new FakeChart();
});

const look = async (tag = 'v2') => chart.workload.source?.(chart.spec(tag));
const faults = async () => ((await look())?.checks ?? []).filter(({ ok }) => !ok).map(({ detail }) => detail);
const BY_HELM = { manager: 'helm-4.3.1', operation: 'Apply' };
const MAP = (colour: string) =>
  `---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\ndata: {colour: ${colour}}\n`;

test('the plan fixes the revision, the image and what is rendered', async () => {
  const found = await look();

  expect(found?.checks).toEqual([
    {
      name: 'helm',
      ok: true,
      detail:
        'shop/web: revision 1 (web-1.0.0) → web-1.0.0; Rollout: spec.template.spec.containers[app].image: shop:v1 → shop:v2',
    },
  ]);
  expect(found?.plan?.helm).toMatchObject({ revision: 1, image: 'shop:v2', varying: [] });
});

test('what changes for all users at once is named', async () => {
  chart.render = ({ tag }) => manifestOf(String(tag), MAP('green'));

  expect((await look())?.checks[1]).toMatchObject({ ok: true, detail: expect.stringContaining('ConfigMap web') });
});

test('a value that differs at each rendering is not part of the plan', async () => {
  let count = 0;
  chart.render = ({ tag }) => manifestOf(String(tag), MAP(`random${(count += 1)}`));

  expect((await look())?.plan?.helm?.varying).toEqual(['1.data.colour']);
});

test('values of files stand under those of the release file, and their content is part of the plan', async () => {
  chart.files = { './prod.yaml': { tag: 'v9', colour: 'green' } };
  chart.render = ({ tag, colour }) => manifestOf(String(tag), MAP(String(colour)));
  const digestOf = async () =>
    (await chart.workload.source?.(chart.spec('v2', { valuesFiles: ['./prod.yaml'] })))?.plan?.helm;

  const first = await digestOf();
  expect(first).toMatchObject({ image: 'shop:v2', valuesFiles: ['./prod.yaml'], values: { tag: 'v2' } });
  chart.files = { './prod.yaml': { colour: 'red' } };
  expect((await digestOf())?.digest).not.toBe(first?.digest);
});

test('selectors that Argo writes too need take_over', async () => {
  const service = '---\napiVersion: v1\nkind: Service\nmetadata: {name: web-stable}\nspec: {selector: {app: web}}\n';
  chart.store(manifestOf('v1', service), 'deployed', '');
  chart.render = ({ tag }) => manifestOf(String(tag), service);
  chart.service = { spec: { selector: { app: 'web', hash: 'b' } }, metadata: { managedFields: [BY_HELM] } };

  expect(await faults()).toEqual([expect.stringContaining('Argo Rollouts owns the selector of web-stable')]);
  expect((await chart.workload.source?.(chart.spec('v2', { takeOver: true })))?.plan).toBeDefined();
  chart.service = { spec: { selector: { app: 'web', hash: 'b' } } };
  expect(await faults()).toEqual([]);
});

test.each<[string, (now: FakeChart) => void, RegExp]>([
  ['another image', (now) => void (now.render = () => manifestOf('v7')), /renders image shop:v7 .* names shop:v2/],
  [
    'a Deployment',
    (now) => void (now.render = () => 'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n'),
    /has a Deployment web and no Rollout/,
  ],
  ['no object', (now) => void (now.render = () => ''), /has no Rollout web: it has no Rollout/],
  [
    'other steps',
    (now) => void (now.render = () => manifestOf('v2').replace('setWeight: 50', 'setWeight: 10')),
    /changes the strategy of the Rollout: .*setWeight: 50 → 10/,
  ],
  [
    'an object of the cluster',
    (now) =>
      void (now.render = () =>
        manifestOf('v2', '---\napiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: all}\n')),
    /outside of namespace shop, .*ClusterRole all/,
  ],
  [
    'an object of another namespace',
    (now) => void (now.render = () => manifestOf('v2', MAP('red').replace('name: web', 'name: web, namespace: other'))),
    /outside of namespace shop, .*ConfigMap web/,
  ],
  [
    'an image beside Helm',
    (now) => void (now.image = 'shop:hand'),
    /and the Rollout has shop:hand: helm rollback would/,
  ],
  ['an update under way', (now) => void (now.stable = false), /revision 1 is not the stable one/],
  [
    'a held release',
    (now) => void now.store(manifestOf('v2'), 'pending-upgrade', ''),
    /is pending-upgrade, not deployed/,
  ],
  ['no release', (now) => void (now.revisions.length = 0), /Helm has no release shop\/web/],
  ['no owner', (now) => void (now.annotations = {}), /not marked as a part of the Helm release shop\/web/],
  [
    'another owner',
    (now) => void (now.labels = { 'helm.toolkit.fluxcd.io/name': 'web', 'helm.toolkit.fluxcd.io/namespace': 'flux' }),
    /Flux manages the Rollout, as HelmRelease flux\/web/,
  ],
])('%s is refused, with the reason', async (_, make, reason) => {
  make(chart);

  expect(await faults()).toEqual([expect.stringMatching(reason)]);
  expect((await look())?.plan).toBeUndefined();
});
