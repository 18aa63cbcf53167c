import { beforeEach, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { failureOf } from '../support/argo-objects-stage.ts';
import type { SluiceError } from '../../src/domain/errors.ts';
import { addPipeline } from '../support/fake-flux.ts';
import { FakeHelm } from '../support/fake-helm.ts';
import { ALL, KubernetesStage, refOf } from '../support/kubernetes-stage.ts';

const TOOLS = ALL.filter(({ toolset, examples }) => ['kubernetes', 'helm', 'flux'].includes(toolset) && examples[0]);
const NAMES = { 'a flag': 'web --full', 'a path': '../x', '300 characters': 'a'.repeat(300) };

/** Fields that take any text: it is compared, kept or parsed, and is no name of anything. */
const TEXTS = ['confirm', 'contains', 'cursor', 'keyword', 'manifest', 'patch', 'reason', 'values'];
/** Selectors, ranges, contexts and local paths are no names of objects. Their checks are tested with their tools. */
const OWN_FORMS = ['cluster', 'field_selector', 'image', 'label_selector', 'local_path', 'range', 'version'];

interface Listed {
  readonly properties: Readonly<Record<string, { readonly type?: string; readonly enum?: readonly string[] }>>;
}

function namesIn(input: z.ZodObject): readonly string[] {
  const { properties } = z.toJSONSchema(input, { io: 'input', unrepresentable: 'any' }) as unknown as Listed;
  return Object.entries(properties).flatMap(([name, { type, enum: choices }]) =>
    type === 'string' && !choices && ![...TEXTS, ...OWN_FORMS].includes(name) ? [name] : [],
  );
}

let stage: KubernetesStage;
let helm: FakeHelm;
beforeEach(() => {
  stage = new KubernetesStage();
  helm = new FakeHelm(stage.cluster);
  stage.helm = helm.port();
  stage.switchedOn = { kubernetesExec: true };
  addPipeline(stage.cluster);
});

describe('a name', () => {
  const cases = TOOLS.flatMap(({ name: tool, input, examples }) =>
    namesIn(input).flatMap((field) =>
      Object.entries(NAMES).map(
        ([what, value]) => [tool, field, what, { ...examples[0]?.input, [field]: value }] as const,
      ),
    ),
  );

  // One test for all, because each of the hundreds of calls takes a millisecond.
  test('that is a flag, a path or too long is refused by every tool, before any request', async () => {
    const accepted: string[] = [];
    for (const [tool, field, what, input] of cases) {
      const failure = await stage.call(tool, input).then(
        () => ({ code: '', message: 'it was accepted' }),
        (error: SluiceError) => error,
      );
      const isClear = ['INVALID_INPUT', 'UNKNOWN_NAME'].includes(failure.code) && failure.message.includes(field);
      if (!isClear) accepted.push(`${tool} ${field}: ${what}: ${failure.message}`);
    }
    expect(accepted).toEqual([]);
    expect(cases.length).toBeGreaterThan(300);
    expect([stage.requests, helm.runs]).toEqual([[], []]);
  });
});

describe('a kind', () => {
  const tools = TOOLS.filter(({ name, input }) => 'kind' in input.shape && !['helm_template'].includes(name));

  test.each([
    ['that the cluster does not serve', 'podz', ['UNKNOWN_NAME']],
    ['of several groups', 'middlewares', ['KIND_AMBIGUOUS', 'UNKNOWN_NAME']],
  ])('%s is refused by every tool, and nothing is written', async (_, kind, codes) => {
    const others: string[] = [];
    for (const { name: tool, examples } of tools) {
      const { code, message } = await failureOf(stage.call(tool, { ...examples[0]?.input, kind }));
      if (!codes.includes(code) || !message.includes(kind)) others.push(`${tool}: ${code}: ${message}`);
    }
    expect(others).toEqual([]);
    expect(tools.length).toBeGreaterThan(20);
    expect(stage.requests.filter(({ verb }) => !['get', 'list'].includes(verb))).toEqual([]);
  });
});

describe('YAML', () => {
  const bomb = [
    'a: &a [x]',
    ...['b', 'c', 'd'].map((to, at) => `${to}: &${to} [${Array(10).fill(`*${'abc'[at]}`).join(', ')}]`),
  ];
  const bad = {
    'a key twice': ['a: 1\na: 2\n', /unique/],
    'an alias bomb': [bomb.join('\n'), /alias/i],
    '2 MB': [`a: ${'x'.repeat(2_000_000)}`, /must have at most [\d,]+ characters/],
    'broken text': ['a: [', /not valid/],
  } as const;
  const fields = [
    ['k8s_plan', { action: 'apply', namespace: 'shop' }, 'manifest'],
    ['k8s_plan', { action: 'patch', kind: 'pods', namespace: 'shop', name: 'web' }, 'patch'],
    ['helm_plan', { action: 'upgrade', namespace: 'shop', name: 'web', chart: './charts/web' }, 'values'],
    ['helm_template', { chart: './charts/web' }, 'values'],
    ['helm_lint', { chart: './charts/web' }, 'values'],
  ] as const;

  test.each(
    fields.flatMap(([tool, input, field]) =>
      Object.entries(bad).map(([what, [text, why]]) => [tool, field, what, { ...input, [field]: text }, why] as const),
    ),
  )('%s refuses %s with %s, and nothing is written', async (tool, field, _, input, why) => {
    helm.put({ version: 1, name: 'web', namespace: 'shop' });
    stage.add('pods', 'shop', 'web');
    const failure = await failureOf(stage.call(tool, input));
    expect([failure.code, failure.message]).toEqual(['INVALID_INPUT', expect.stringMatching(why)]);
    expect(failure.message).toContain(field);
    expect(stage.requests.filter(({ verb }) => !['get', 'list'].includes(verb))).toEqual([]);
    expect(helm.runs).toEqual([]);
  });

  test('with several documents is applied as several objects, and is no patch and no values', async () => {
    const two = 'a: 1\n---\nb: 2\n';
    const patch = { action: 'patch', kind: 'pods', namespace: 'shop', name: 'web', patch: two };
    expect((await failureOf(stage.call('k8s_plan', patch))).message).toContain('more than one document');
    const chart = { chart: './charts/web', values: two };
    expect((await failureOf(stage.call('helm_template', chart))).message).toContain('2 documents');
  });
});

test('a manifest that is wrong is refused in plain words', async () => {
  const messageOf = async (manifest: string) =>
    (await failureOf(stage.call('k8s_plan', { action: 'apply', namespace: 'shop', manifest }))).message;
  expect(await messageOf('kind: ConfigMap')).toBe('manifest: document 1: apiVersion is missing; metadata is missing.');
  expect(await messageOf('apiVersion: 1\nkind: ConfigMap\nmetadata: {name: 5}')).toBe(
    'manifest: document 1: apiVersion must be text; metadata.name must be text.',
  );
});

test.each(['../values.yaml', './../values.yaml', '/etc/passwd', '--set=a=b', './values/../../x.yaml', 'values.yaml'])(
  'the file of values %s is refused by every tool that takes one, before Helm is started',
  async (file) => {
    const tools = TOOLS.filter(({ input }) => 'values_files' in input.shape);
    expect(tools.map(({ name }) => name).toSorted()).toEqual([
      'helm_install',
      'helm_lint',
      'helm_plan',
      'helm_template',
      'helm_upgrade',
    ]);
    for (const { name, examples } of tools)
      expect(await failureOf(stage.call(name, { ...examples[0]?.input, values_files: [file] }))).toMatchObject({
        code: 'INVALID_INPUT',
        message: expect.stringContaining('values_files.0'),
      });
    expect(helm.runs).toEqual([]);
  },
);

test('texts never become flags of the program helm', async () => {
  const flag = '--post-renderer=/bin/sh';
  await stage.call('helm_repo_add', { name: 'team', url: 'https://charts.example/stable' });
  await stage.call('helm_search_repo', { keyword: flag.replaceAll(/[=/]/g, '-') }).catch(() => undefined);
  await stage.call('helm_template', { chart: './charts/web', values: `a: "${flag}"`, version: '--all' });
  const flags = helm.runs.flatMap((args) => args.slice(0, args.includes('--') ? args.indexOf('--') : args.length));
  expect(flags.filter((one) => one.startsWith('--post-renderer') || one === '--all')).toEqual([]);
});

test('a Kustomization without an inventory is shown, traced and diagnosed, and each answer says what is not known', async () => {
  const labels = { 'kustomize.toolkit.fluxcd.io/name': 'apps', 'kustomize.toolkit.fluxcd.io/namespace': 'shop' };
  stage.add('configmaps', 'shop', 'settings', { metadata: { labels } as never });
  stage.cluster.update(refOf('kustomizations', 'shop', 'apps'), ({ status }) => void delete status['inventory']);
  const apps = { kind: 'kustomizations', namespace: 'shop', name: 'apps' };

  expect(await stage.shown('flux_get', apps)).not.toContain('It has applied');
  expect(await stage.call('flux_trace', { ...apps, kind: 'configmaps', name: 'settings' })).toMatchObject({
    managed: true,
    how: expect.stringContaining('no inventory'),
  });
  expect(await stage.call('flux_diagnose', apps)).toMatchObject({ verdict: 'no-fault' });
});
