import { beforeEach, describe, expect, test } from '@jest/globals';
import { terminalWords } from '../../../src/cli/terminal-words.ts';
import type { DiagnosisOutput } from '../../../src/commands/diagnosis/answer.ts';
import { diagnosisText } from '../../../src/commands/diagnosis/answer.ts';
import { allRules } from '../../../src/domain/diagnosis/rules/index.ts';
import { CATALOGUE } from '../../../src/toolsets/index.ts';
import { KubernetesStage } from '../../support/kubernetes-stage.ts';

let stage: KubernetesStage;
const OWNER = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid: 'deploy', controller: true };

beforeEach(() => {
  stage = new KubernetesStage();
  stage.add('deployments', 'shop', 'web', {
    metadata: { uid: 'deploy' } as never,
    spec: { replicas: 1, selector: { matchLabels: { app: 'web' } } },
    status: { observedGeneration: 2, replicas: 1, updatedReplicas: 1, availableReplicas: 0 },
  });
  stage.add('replicasets', 'shop', 'web-1', {
    metadata: { uid: 'rs', labels: { app: 'web' }, ownerReferences: [OWNER] } as never,
    spec: { replicas: 1, selector: { matchLabels: { app: 'web' } } },
    status: { replicas: 1 },
  });
});

function addPod(name: string, state: object): void {
  const ownerReferences = [{ ...OWNER, kind: 'ReplicaSet', name: 'web-1', uid: 'rs' }];
  stage.add('pods', 'shop', name, {
    metadata: { labels: { app: 'web' }, ownerReferences } as never,
    spec: { containers: [{ name: 'app', image: 'web:v1' }] },
    status: { phase: 'Running', containerStatuses: [{ name: 'app', ready: false, restartCount: 3, ...state }] },
  });
}

const crashed = {
  state: { waiting: { reason: 'CrashLoopBackOff' } },
  lastState: { terminated: { exitCode: 2, reason: 'Error' } },
};
const ask = async (input: object): Promise<DiagnosisOutput> =>
  (await stage.call('k8s_diagnose', input)) as unknown as DiagnosisOutput;
const web = { kind: 'deploy', namespace: 'shop', name: 'web' };

describe('k8s_diagnose', () => {
  test('names the cause with the last line of the log, in which credentials are masked, and the way to it', async () => {
    addPod('web-1-a', crashed);
    stage.cluster.logs.set('web-1-a/app', 'starting\ncannot log in with password=hunter2\n');

    const { verdict, causes } = await ask(web);

    expect(verdict).toBe('cause-found');
    expect(causes).toMatchObject([
      {
        cause: 'crash-loop',
        object: 'Pod shop/web-1-a',
        summary: expect.stringContaining('password=***'),
        way: ['Deployment shop/web', 'ReplicaSet shop/web-1', 'Pod shop/web-1-a'],
        step: { tool: 'k8s_logs', arguments: { namespace: 'shop', name: 'web-1-a', container: 'app', previous: true } },
      },
    ]);
  });

  test('the same cause at many pods is one, and the answer stays small', async () => {
    for (let index = 0; index < 60; index += 1) addPod(`web-1-${index}`, crashed);

    const answer = await ask(web);

    expect(answer.causes).toMatchObject([{ cause: 'crash-loop', others: 59 }]);
    expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThan(8500);
  });

  test('many different causes are shortened, and what is left out is counted', async () => {
    for (let index = 0; index < 60; index += 1)
      stage.add('ingressroutes', 'shop', `route-${index}`, {
        spec: { routes: [{ services: [{ name: `missing-${index}`, port: 80 }] }] },
      });

    const answer = await ask({ namespace: 'shop' });

    expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThan(8500);
    expect(answer.left_out).toEqual([expect.stringMatching(/^causes: \d+ further ones/)]);
  });

  test('what no rule knows is not guessed', async () => {
    addPod('web-1-a', { restartCount: 0, state: { waiting: { reason: 'SomethingNew', message: 'of another kind' } } });

    expect(await ask(web)).toMatchObject({
      verdict: 'not-known',
      causes: [],
      state: [expect.stringContaining('0 of 1')],
      looked_at: expect.arrayContaining(['1 Pod']),
    });
  });

  test('what may not be read does not count as missing, and is named', async () => {
    stage.add('ingressroutes', 'shop', 'route', {
      spec: { routes: [{ services: [{ name: 'db', namespace: 'hidden', port: 80 }] }] },
    });
    stage.allowedNamespaces = ['shop'];

    expect(await ask({ kind: 'ingressroutes', namespace: 'shop', name: 'route' })).toMatchObject({
      verdict: 'no-fault',
      not_looked_at: ['Service hidden/db: namespace hidden is not allowed'],
    });
    await expect(ask({ namespace: 'hidden' })).rejects.toMatchObject({ code: 'NAMESPACE_NOT_ALLOWED' });
  });

  test('a name in an object is text, and no path', async () => {
    stage.add('ingressroutes', 'shop', 'route', {
      spec: {
        routes: [
          {
            services: [
              { name: '..', port: 80 },
              { name: 'web', namespace: '../kube-system', port: 80 },
            ],
          },
        ],
      },
    });

    const { causes } = await ask({ kind: 'ingressroutes', namespace: 'shop', name: 'route' });

    expect(causes.map(({ cause }) => cause)).toEqual(['route-service-missing', 'route-service-missing']);
    expect(JSON.stringify(stage.requests)).not.toContain('..');
  });

  test.each([
    ['a flag in a name', { ...web, name: 'web --full' }],
    ['a path as a name', { ...web, name: '../x' }],
    ['a long name', { ...web, name: 'x'.repeat(300) }],
    ['a kind without a name', { kind: 'pods', namespace: 'shop' }],
    ['a name without a kind', { name: 'web', namespace: 'shop' }],
    ['nothing', {}],
  ])('%s is refused before any request', async (_, input) => {
    await expect(ask(input)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect(stage.requests).toEqual([]);
  });

  test('an object and a kind that do not exist', async () => {
    await expect(ask({ ...web, name: 'wbe' })).rejects.toMatchObject({ code: 'OBJECT_NOT_FOUND' });
    await expect(ask({ ...web, kind: 'deploymnets' })).rejects.toMatchObject({ code: 'UNKNOWN_NAME' });
  });

  test('the command line shows the next call as its own command', async () => {
    addPod('web-1-a', crashed);

    const shown = terminalWords(diagnosisText(await ask(web)), CATALOGUE);

    expect(shown).toContain('`sluice kubernetes logs --namespace shop --name web-1-a --container app --previous`');
    expect(shown).not.toContain('k8s_');
  });
});

test('a step about an object in a subject is written as one word', () => {
  const step = 'argo_get_rollout_status with {"namespace":"shop","name":"web"}';
  const other = 'k8s_list with {"kind":"Pod.v1","label_selector":"app in (a)"}';

  expect(terminalWords(step, CATALOGUE)).toBe('`sluice argo get-rollout-status shop/web`');
  expect(terminalWords(other, CATALOGUE)).toBe("`sluice kubernetes list Pod.v1 --label-selector 'app in (a)'`");
});

test('every rule has its own name in its family, and its words are sentences', () => {
  const rules = allRules();
  expect(rules.length).toBeGreaterThan(90);
  expect(new Set(rules.map(({ family, rule }) => `${family.name}/${rule.name}`)).size).toBe(rules.length);
  for (const { rule } of rules) {
    expect(rule.name).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect([rule.means, rule.next]).toEqual([
      expect.stringMatching(/^[A-Z].*\.$/),
      expect.stringMatching(/^[A-Z].*\.$/),
    ]);
  }
});
