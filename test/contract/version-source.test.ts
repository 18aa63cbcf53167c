import { describe, expect, test } from '@jest/globals';
import { parseReleaseFile, releaseFile } from '../../src/contract/release-file.ts';
import { toReleaseSpec } from '../../src/contract/release-spec.ts';
import { failureOf } from '../support/argo-objects-stage.ts';

const file = (more: object) => ({ target: { namespace: 'shop', rollout: 'web' }, image: 'shop:v2', ...more });
const parsed = (more: object) => parseReleaseFile(releaseFile, file(more), 'canary');
const problem = async (more: object) => (await failureOf((async () => parsed(more))())).message;
const DEFAULTS = { defaultStrategy: 'canary', requireManualPromotion: true, autoRollback: true, weightStep: undefined };

describe('a chart as the source of a version', () => {
  test('chooses the kind of target', () => {
    const spec = toReleaseSpec(parsed({ helm: { release: 'web', chart: './web' } }), 'test', DEFAULTS);

    expect(spec).toMatchObject({
      targetKind: 'helm',
      helm: { release: 'web', chart: './web', values: {}, resetValues: false, takeOver: false, hookSeconds: 60 },
    });
  });

  test.each([
    [{ target_kind: 'helm' }, 'helm: is missing; target_kind: helm needs it'],
    [
      { target_kind: 'argo-rollout', helm: { release: 'web', chart: './web' } },
      'helm: is for target_kind: helm, and the file has target_kind: argo-rollout',
    ],
    [{ helm: { release: 'web', chart: '--web' } }, /^helm.chart: must be \.\/folder/],
    [{ helm: { release: 'web --full', chart: './web' } }, /^helm.release: must be 1 to 53/],
    [{ helm: { release: 'web', chart: './web', values_files: ['../x.yaml'] } }, /^helm.values_files.0: must be a file/],
    [
      { flux: { kustomization: 'apps', file: 'web.yaml', value: '1.2.0' } },
      'flux.field: is missing; flux.value needs it',
    ],
    [{ flux: { kustomization: 'apps', file: 'web.yaml', helm_release: '../x' } }, /^flux.helm_release: must be/],
    [{ flux: { kustomization: 'apps', file: 'web.yaml', field: 'a', value: '--x' } }, /^flux.value: must be a version/],
    [{ helm: { release: 'web', chart: './web', valuesfile: 1 } }, /^helm.valuesfile: unknown field/],
  ])('%j is refused', async (more, message) => {
    expect(await problem(more)).toEqual(typeof message === 'string' ? message : expect.stringMatching(message));
  });
});

describe('a file in Git as the source of a version', () => {
  test('chooses the kind of target', () => {
    const spec = toReleaseSpec(parsed({ flux: { kustomization: 'apps', file: 'web/rollout.yaml' } }), 'test', DEFAULTS);

    expect(spec).toMatchObject({ targetKind: 'flux', flux: { kustomization: 'apps', file: 'web/rollout.yaml' } });
  });

  test.each([
    [{ file: '../web.yaml' }, 'flux.file: must be the path of a file in the repository'],
    [{ file: '/web.yaml' }, 'flux.file: must be the path of a file in the repository'],
    [{ file: 'web//a.yaml' }, 'flux.file: must be the path of a file in the repository'],
    [{ file: 'web.yaml', field: 'a..b' }, 'flux.field: must be a path such as images[0].newTag'],
    [{ file: 'web.yaml', push_to: '--force' }, 'flux.push_to: must be the name of a branch'],
    [{ file: 'web.yaml', kustomization: 'Apps' }, /^flux.kustomization: must be a Kubernetes name/],
  ])('%j is refused', async (more, message) => {
    const expected = typeof message === 'string' ? expect.stringContaining(message) : expect.stringMatching(message);
    expect(await problem({ flux: { kustomization: 'apps', ...more } })).toEqual(expected);
  });

  test('one version has one source', async () => {
    const both = { helm: { release: 'web', chart: './web' }, flux: { kustomization: 'apps', file: 'web.yaml' } };
    expect(await problem(both)).toBe('flux: a version has one source; the file also has helm');
  });
});
