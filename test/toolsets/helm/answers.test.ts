import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { codeOf, failureOf } from '../../support/argo-objects-stage.ts';
import { refOf } from '../../support/kubernetes-stage.ts';
import { change, CHART, freshHelm, helm, image, plan, stage, WEB, write, writes } from '../../support/helm-changes.ts';

freshHelm();

test('the text of a write names each reason once', async () => {
  helm.ready = false;
  const { digest } = await plan('install', CHART);
  const text = await stage.shown('helm_install', { ...WEB, ...CHART, digest, timeout_seconds: 0 });
  expect(text.match(/Deployment shop\/web:/g)).toHaveLength(1);
});

test('the plan of an uninstallation says which objects are gone already', async () => {
  helm.put({ version: 1 });
  stage.cluster.delete(refOf('secrets', 'shop', 'web'));
  const { objects, unchanged } = await plan('uninstall', {});
  expect([objects, unchanged]).toMatchObject([
    [
      {
        object: 'Secret shop/web',
        what: 'gone',
        warnings: ['It does not exist any more, so there is nothing to delete.'],
      },
      { object: 'Deployment shop/web', what: 'delete' },
    ],
    0,
  ]);
});

test('a release that Helm keeps in ConfigMaps is refused by name, and nothing is installed over it', async () => {
  const labels = { owner: 'helm', name: 'web', status: 'deployed', version: '1' };
  stage.add('configmaps', 'shop', 'sh.helm.release.v1.web.v1', { metadata: { labels } as never });
  for (const call of [stage.call('helm_status', WEB), plan('install', CHART), plan('uninstall', {})])
    expect(await failureOf(call)).toMatchObject({
      code: 'NOT_APPLICABLE',
      message: expect.stringContaining('shop/web in ConfigMaps'),
      next: expect.stringContaining('HELM_DRIVER=configmap'),
    });
  expect(helm.runs).toEqual([]);
});

test('values of files stand under those of the call, and a file that changes after the plan makes it void', async () => {
  helm.put({ version: 1 });
  const file = join(helm.charts, 'prod.yaml');
  writeFileSync(file, 'tag: v2\nreplicas: 3\n');
  const input = { ...CHART, values_files: ['./prod.yaml'], values: 'tag: v3' };
  const { values, digest } = await plan('upgrade', input);
  expect(values).toEqual([
    { path: 'tag', to: 'v3' },
    { path: 'replicas', to: '3' },
  ]);
  writeFileSync(file, 'tag: v2\nreplicas: 4\n');
  expect(await codeOf(write('upgrade', input, digest))).toBe('PLAN_CHANGED');
  expect(writes()).toEqual([]);
  expect(await change('upgrade', input)).toMatchObject({ effective: 'proved' });
  expect(image()).toBe('shop:v3');
});
