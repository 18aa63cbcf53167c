import { beforeEach, describe, expect, test } from '@jest/globals';
import { terminalWords } from '../../../src/cli/terminal-words.ts';
import { diagnosisText, type DiagnosisOutput } from '../../../src/commands/diagnosis/answer.ts';
import { CATALOGUE } from '../../../src/toolsets/index.ts';
import { addFlux, addPipeline, condition } from '../../support/fake-flux.ts';
import { KubernetesStage } from '../../support/kubernetes-stage.ts';

let stage: KubernetesStage;

beforeEach(() => {
  stage = new KubernetesStage();
  addPipeline(stage.cluster);
});

const ask = async (input: object): Promise<DiagnosisOutput> =>
  (await stage.call('flux_diagnose', input)) as unknown as DiagnosisOutput;
const failed = (reason: string, message: string) => ({ conditions: [condition('Ready', 'False', reason, message)] });
const apps = { kind: 'ks', namespace: 'shop', name: 'apps' };

describe('flux_diagnose', () => {
  test('finds nothing wrong with a pipeline that works', async () => {
    expect(await ask(apps)).toMatchObject({
      verdict: 'no-fault',
      causes: [],
      looked_at: ['1 Kustomization', '1 GitRepository'],
    });
  });

  test('goes from a Kustomization over its dependency to the source, and gives the next call of its own tools', async () => {
    const ref = "unable to clone 'https://git.example.com/base.git': couldn't find remote ref \"refs/heads/mian\"";
    addFlux(stage.cluster, 'gitrepositories', 'infra', 'base', { status: failed('GitOperationFailed', ref) });
    addFlux(stage.cluster, 'kustomizations', 'infra', 'base', {
      spec: { sourceRef: { kind: 'GitRepository', name: 'base' } },
      status: failed('ArtifactFailed', 'Source artifact not found, retrying in 30s'),
    });
    addFlux(stage.cluster, 'kustomizations', 'shop', 'late', {
      spec: { dependsOn: [{ name: 'base', namespace: 'infra' }], sourceRef: { kind: 'GitRepository', name: 'apps' } },
      status: failed('DependencyNotReady', "dependency 'infra/base' is not ready"),
    });

    const answer = await ask({ ...apps, name: 'late' });

    expect(answer).toMatchObject({
      causes: [
        {
          cause: 'git-ref-missing',
          object: 'GitRepository infra/base',
          way: ['Kustomization shop/late', 'Kustomization infra/base', 'GitRepository infra/base'],
          step: { tool: 'flux_get', arguments: { namespace: 'infra', name: 'base' } },
        },
      ],
      consequences: expect.arrayContaining([
        expect.objectContaining({ cause: 'dependency-not-ready', object: 'Kustomization shop/late' }),
        expect.objectContaining({ cause: 'source-not-ready', object: 'Kustomization infra/base' }),
      ]),
    });
    expect(terminalWords(diagnosisText(answer), CATALOGUE)).toContain(
      '`sluice flux get GitRepository.source.toolkit.fluxcd.io base --namespace infra`',
    );
  });

  test('with an allow list a dependency of another namespace is not read, and is named', async () => {
    addFlux(stage.cluster, 'kustomizations', 'infra', 'base');
    addFlux(stage.cluster, 'kustomizations', 'shop', 'late', {
      spec: { dependsOn: [{ name: 'base', namespace: 'infra' }] },
      status: failed('DependencyNotReady', "dependency 'infra/base' is not ready"),
    });
    stage.allowedNamespaces = ['shop'];

    expect(await ask({ ...apps, name: 'late' })).toMatchObject({
      causes: [{ cause: 'dependency-not-ready' }],
      not_looked_at: [expect.stringContaining('namespace infra is not allowed')],
    });
    await expect(ask({ ...apps, namespace: 'infra' })).rejects.toMatchObject({ code: 'NAMESPACE_NOT_ALLOWED' });
  });

  test('looks at all of Flux in a namespace, and says who suspended what and why', async () => {
    const annotations = { 'sluice.dev/suspended-by': 'mcp:agent', 'sluice.dev/suspended-reason': 'a repair' };
    addFlux(stage.cluster, 'kustomizations', 'shop', 'held', { spec: { suspend: true }, annotations });
    addFlux(stage.cluster, 'helmreleases', 'shop', 'web', { status: failed('InstallFailed', 'something new') });

    const { causes } = await ask({ namespace: 'shop' });

    expect(causes.map(({ cause, object }) => [cause, object]).toSorted()).toEqual([
      ['flux-suspended', 'Kustomization shop/held'],
      ['helm-action-failed', 'HelmRelease shop/web'],
    ]);
    expect(JSON.stringify(causes)).toContain('a repair');
  });

  test.each([
    ['a flag in a name', { ...apps, name: 'apps --full' }],
    ['a path as a name', { ...apps, name: '../apps' }],
    ['a long name', { ...apps, name: 'a'.repeat(300) }],
    ['no namespace', { kind: 'ks', name: 'apps' }],
    ['a kind without a name', { kind: 'ks', namespace: 'shop' }],
    ['nothing', {}],
  ])('%s is refused before any request', async (_, input) => {
    await expect(ask(input)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect(stage.requests).toEqual([]);
  });

  test('a kind that is not one of Flux', async () => {
    await expect(ask({ ...apps, kind: 'pods' })).rejects.toMatchObject({ code: 'UNKNOWN_NAME' });
  });
});
