import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { metaOf, textAt, type ApiObject } from '../../src/domain/cluster-objects/api-object.ts';
import { configMap, FluxStage, GIT_REPOSITORY, KUSTOMIZATION } from '../support/flux-stage.ts';
import { sharedFlux } from '../support/sandbox.ts';

// The controllers may have to be built.
jest.setTimeout(240_000);

let stage: FluxStage;

beforeAll(async () => {
  stage = new FluxStage(await sharedFlux());
  await stage.open();
}, 1_500_000);

afterAll(() => stage.close(), 60_000);

test('what is pushed is applied by the real controllers', async () => {
  const commit = await stage.push({ 'settings.yaml': configMap('settings', { color: 'blue' }) }, 'the first settings');
  await stage.repository('apps');
  await stage.kustomization('apps');

  const source = await stage.until(GIT_REPOSITORY, 'apps', 'True');
  const applied = await stage.until(KUSTOMIZATION, 'apps', 'True');

  expect(textAt(source, 'status', 'artifact', 'revision')).toBe(`main@sha1:${commit}`);
  const kind = { name: 'ConfigMap', group: '', version: 'v1', plural: 'configmaps', missing: 'INTERNAL' } as const;
  const settings = (await stage.objects.client.get(stage.objects.ref(kind, 'settings'))) as ApiObject;
  expect(settings).toMatchObject({ data: { color: 'blue' } });
  expect(metaOf(settings).labels).toMatchObject({
    'kustomize.toolkit.fluxcd.io/name': 'apps',
    'kustomize.toolkit.fluxcd.io/namespace': metaOf(applied).namespace,
  });
});
