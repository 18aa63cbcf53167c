import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Output } from '../../../src/commands/execute.ts';
import { SluiceError } from '../../../src/domain/errors.ts';
import { KubernetesStage, refOf } from '../../support/kubernetes-stage.ts';

let stage: KubernetesStage;
const WEB = { kind: 'deployments', namespace: 'shop', name: 'web' };
const REF = refOf('deployments', 'shop', 'web');
const template = (image: string) => ({ spec: { containers: [{ name: 'app', image }] } });
const MARK = { 'sluice.dev/owner': JSON.stringify({ release_id: 'release/prod/shop/web', run_id: 'r1' }) };

beforeEach(() => {
  stage = new KubernetesStage();
  stage.add('deployments', 'shop', 'web', { spec: { replicas: 2, template: template('web:v1') } });
});

const planOf = (action: string, input: object): Promise<Output> => stage.call('k8s_plan', { action, ...input });

/** Plans a change and carries it out. */
async function change(action: string, input: object, more: object = {}): Promise<Output> {
  const { digest } = await planOf(action, input);
  return stage.call(`k8s_${action}`, { ...input, digest, ...more });
}
const labelled = (labels: Record<string, string>): void =>
  stage.cluster.update(REF, ({ metadata }) => void (metadata.labels = labels));
const annotated = (annotations: Record<string, string>): void =>
  stage.cluster.update(REF, ({ metadata }) => void (metadata.annotations = annotations));

describe('a plan', () => {
  test('shows each field that would change, and changes nothing', async () => {
    const before = stage.cluster.peek(REF);

    expect(await planOf('scale', { ...WEB, replicas: 5 })).toMatchObject({
      objects: [{ kind: 'Deployment', what: 'change', changes: [{ path: 'spec.replicas', from: '2', to: '5' }] }],
      needs_reason: false,
    });
    expect(stage.cluster.peek(REF)).toEqual(before);
  });

  test('takes the fields of its action only', async () => {
    await expect(planOf('scale', { ...WEB, image: 'web:v2', replicas: 1 })).rejects.toMatchObject({
      code: expect.stringMatching(/INVALID_INPUT|UNKNOWN_NAME/),
    });
    await expect(planOf('scale', WEB)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  test('names a missing right before anything is tried', async () => {
    stage.cluster.allowed = async () => false;

    await expect(planOf('scale', { ...WEB, replicas: 5 })).rejects.toMatchObject({
      code: 'FORBIDDEN',
      message: expect.stringContaining('may not patch deployments.apps in shop'),
    });
    expect(stage.requests.map(({ verb }) => verb)).not.toContain('patch');
  });

  test('hides values of secrets that change', async () => {
    const manifest = 'apiVersion: v1\nkind: Secret\nmetadata: {name: db}\nstringData: {url: hunter2}';
    const plan = await planOf('apply', { namespace: 'shop', manifest });

    expect(plan).toMatchObject({ objects: [{ what: 'create', name: 'db' }] });
    expect(JSON.stringify(plan)).toContain('***');
    expect(JSON.stringify(plan)).not.toContain('hunter2');
  });
});

describe('a write', () => {
  test('does what the plan has shown, and reads it back', async () => {
    const answer = await change('set_image', { ...WEB, image: 'web:v2' });

    expect(answer).toMatchObject({
      changed: true,
      effective: 'pending',
      reason: 'Deployment shop/web was read back as planned: the controller has not seen the newest change yet',
      objects: [{ kind: 'Deployment', namespace: 'shop', name: 'web', what: 'change' }],
    });
    expect(stage.cluster.peek(REF).spec).toMatchObject({ template: template('web:v2') });
  });

  test('is refused when the object has moved since the plan, whatever moved it', async () => {
    const { digest } = await planOf('scale', { ...WEB, replicas: 5 });
    stage.cluster.update(REF, ({ spec }) => void (spec['replicas'] = 3));

    await expect(stage.call('k8s_scale', { ...WEB, replicas: 5, digest })).rejects.toMatchObject({
      code: 'PLAN_CHANGED',
    });
    expect(stage.cluster.peek(REF).spec).toMatchObject({ replicas: 3 });
  });

  test('is not refused for a new status, which no plan depends on', async () => {
    const { digest } = await planOf('scale', { ...WEB, replicas: 5 });
    stage.cluster.update(REF, ({ status }) => void (status['readyReplicas'] = 1));

    expect(await stage.call('k8s_scale', { ...WEB, replicas: 5, digest })).toMatchObject({ changed: true });
  });

  test('is refused with the digest of another change', async () => {
    const { digest } = await planOf('scale', { ...WEB, replicas: 5 });

    await expect(stage.call('k8s_scale', { ...WEB, replicas: 6, digest })).rejects.toMatchObject({
      code: 'PLAN_CHANGED',
    });
    await expect(stage.call('k8s_scale', { ...WEB, replicas: 5 })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  test('that loses a race for the version plans again, and writes only if the plan is the same', async () => {
    const { digest } = await planOf('scale', { ...WEB, replicas: 5 });
    let races = 0;
    const patch = stage.cluster.mergePatch.bind(stage.cluster);
    stage.cluster.mergePatch = async (ref, body, options) => {
      if (!options?.dryRun && (races += 1) === 1)
        stage.cluster.update(REF, ({ status }) => void (status['readyReplicas'] = 1));
      return patch(ref, body, options);
    };

    expect(await stage.call('k8s_scale', { ...WEB, replicas: 5, digest })).toMatchObject({ changed: true });
    expect([races, stage.cluster.peek(REF).spec['replicas']]).toEqual([2, 5]);
  });

  test('and a plan repeat a dry run that loses the same race', async () => {
    let races = 0;
    const patch = stage.cluster.mergePatch.bind(stage.cluster);
    stage.cluster.mergePatch = async (ref, body, options) => {
      if ((races += 1) === 1) stage.cluster.update(REF, ({ status }) => void (status['readyReplicas'] = 1));
      return patch(ref, body, options);
    };

    expect(await planOf('scale', { ...WEB, replicas: 5 })).toMatchObject({ objects: [{ what: 'change' }] });
    expect(races).toBe(2);
  });

  test('that changes nothing writes nothing', async () => {
    const { resourceVersion } = stage.cluster.peek(REF).metadata;

    expect(await change('scale', { ...WEB, replicas: 2 })).toMatchObject({ changed: false, effective: 'proved' });
    expect(stage.cluster.peek(REF).metadata.resourceVersion).toBe(resourceVersion);
  });

  test('is proved when the workload is complete', async () => {
    stage.cluster.update(REF, (object) => {
      object.metadata.generation = 1;
      object.status = { observedGeneration: 9, updatedReplicas: 1, replicas: 1, availableReplicas: 1 };
    });

    expect(await change('scale', { ...WEB, replicas: 1 })).toMatchObject({ effective: 'proved' });
  });
});

describe('owners', () => {
  test('what a running release owns is refused with its name, also a part of it', async () => {
    annotated(MARK);
    const { uid } = stage.cluster.peek(REF).metadata;
    stage.add('replicasets', 'shop', 'web-1', {
      metadata: {
        ownerReferences: [{ apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid, controller: true }],
      } as never,
    });

    for (const [kind, name] of [
      ['deployments', 'web'],
      ['rs', 'web-1'],
    ] as const)
      await expect(planOf('scale', { kind, namespace: 'shop', name, replicas: 5 })).rejects.toMatchObject({
        code: 'OWNED_BY_OTHER',
        details: { release_id: 'release/prod/shop/web' },
      });
  });

  test('what an owned object names, and what contains it, is refused as well', async () => {
    stage.add('services', 'shop', 'stable', { spec: { selector: { app: 'web' } } });
    stage.add('services', 'shop', 'other', { spec: { selector: { app: 'other' } } });
    stage.add('namespaces', '', 'shop');
    stage.add('rollouts', 'shop', 'web', {
      metadata: { annotations: MARK } as never,
      spec: { strategy: { canary: { stableService: 'stable' } } },
    });
    const service = (name: string) => ({
      kind: 'services',
      namespace: 'shop',
      name,
      patch: 'spec: {selector: {a: b}}',
    });

    await expect(planOf('patch', service('stable'))).rejects.toMatchObject({
      code: 'OWNED_BY_OTHER',
      message: expect.stringContaining('Service shop/stable is used by Rollout shop/web, which belongs to'),
    });
    expect(await planOf('patch', service('other'))).toMatchObject({ objects: [{ what: 'change' }] });
    await expect(planOf('delete', { kind: 'namespaces', name: 'shop' })).rejects.toMatchObject({
      code: 'OWNED_BY_OTHER',
    });
  });

  test.each([
    ['annotate', { values: MARK }],
    ['annotate', { remove: ['sluice.dev/owner'] }],
    ['patch', { patch: JSON.stringify({ metadata: { annotations: MARK } }) }],
    ['patch', { patch: 'metadata: {annotations: null}' }],
  ])('the mark of a release cannot be written by k8s_%s %j', async (action, input) => {
    await expect(planOf(action, { ...WEB, ...input })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  test('what Flux puts back needs a reason, and says what Flux will do', async () => {
    labelled({ 'kustomize.toolkit.fluxcd.io/name': 'apps', 'kustomize.toolkit.fluxcd.io/namespace': 'flux-system' });
    const input = { ...WEB, replicas: 5 };
    const plan = await planOf('scale', input);

    expect(plan).toMatchObject({
      needs_reason: true,
      objects: [{ managed_by: [{ tool: 'Flux', what: 'Kustomization flux-system/apps' }] }],
    });
    const { digest } = plan;
    await expect(stage.call('k8s_scale', { ...input, digest })).rejects.toMatchObject({ code: 'REASON_REQUIRED' });
    expect(stage.cluster.peek(REF).spec).toMatchObject({ replicas: 2 });
    expect(await stage.call('k8s_scale', { ...input, digest, reason: 'load' })).toMatchObject({ changed: true });
  });

  test.each([
    ['Argo CD', {}, { 'argocd.argoproj.io/tracking-id': 'shop:apps/Deployment:shop/web' }, true],
    ['Helm', {}, { 'meta.helm.sh/release-name': 'web', 'meta.helm.sh/release-namespace': 'shop' }, false],
  ])('%s is named', async (tool, labels, annotations, needsReason) => {
    labelled(labels);
    annotated(annotations);

    expect(await planOf('scale', { ...WEB, replicas: 5 })).toMatchObject({
      needs_reason: needsReason,
      objects: [{ managed_by: [{ tool }] }],
    });
  });
});

describe('k8s_apply', () => {
  const COLOURS = 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: colours}\ndata: {main: blue}\n';

  test('creates and changes, several documents at once', async () => {
    stage.add('configmaps', 'shop', 'colours', { data: { main: 'red' } });
    const manifest = `${COLOURS}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: sizes}\ndata: {main: big}\n`;
    const answer = await change('apply', { namespace: 'shop', manifest });

    expect(answer).toMatchObject({
      effective: 'proved',
      objects: [
        { name: 'colours', what: 'change' },
        { name: 'sizes', what: 'create' },
      ],
    });
  });

  test('writes nothing when one of its documents is refused', async () => {
    const apply = stage.cluster.apply.bind(stage.cluster);
    stage.cluster.apply = async (ref, manifest, options) => {
      if (ref.name === 'sizes') throw new SluiceError('MANIFEST_REFUSED', 'the API server refuses it');
      return apply(ref, manifest, options);
    };
    const manifest = `${COLOURS}---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: sizes}\n`;

    await expect(planOf('apply', { namespace: 'shop', manifest })).rejects.toMatchObject({ code: 'MANIFEST_REFUSED' });
    expect(() => stage.cluster.peek(refOf('configmaps', 'shop', 'colours'))).toThrow();
  });

  test.each([
    ['a key that is there twice', `${COLOURS}data: {main: red}\n`, 'keys must be unique'],
    ['an alias bomb', aliasBomb(), 'alias'],
    ['no document', '---\n# nothing\n', 'no document'],
    ['text', 'hello', 'not an object'],
    ['broken YAML', 'a: [', 'document 1'],
    ['no name', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {generateName: x-}', 'metadata.name'],
    ['a path as a name', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ../x}', 'metadata.name'],
    ['a list', 'apiVersion: v1\nkind: ConfigMapList\nmetadata: {name: x}\nitems: []', 'items of the list'],
    ['an object twice', `${COLOURS}---\n${COLOURS}`, 'is there twice'],
    ['a mark', 'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, annotations: {sluice.dev/owner: y}}', 'releases'],
  ])('%s is refused', async (_, manifest, why) => {
    await expect(planOf('apply', { namespace: 'shop', manifest })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      message: expect.stringContaining(why),
    });
    expect(stage.requests.filter(({ verb }) => verb === 'patch')).toEqual([]);
  });

  test('a namespace outside of the allow list is refused, wherever it is named', async () => {
    stage.allowedNamespaces = ['shop'];
    const elsewhere = COLOURS.replace('name: colours', 'name: colours, namespace: other');

    await expect(planOf('apply', { manifest: elsewhere })).rejects.toMatchObject({ code: 'NAMESPACE_NOT_ALLOWED' });
    await expect(planOf('cordon', { name: 'worker-1' })).rejects.toMatchObject({ code: 'NAMESPACE_NOT_ALLOWED' });
    await expect(planOf('apply', { manifest: COLOURS })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});

/** A few lines that stand for a million values. */
function aliasBomb(): string {
  const level = (name: string, of: string) => `${name}: &${name} [${Array(10).fill(of).join(', ')}]`;
  return ['a: &a [x]', level('b', '*a'), level('c', '*b'), level('d', '*c'), level('e', '*d')].join('\n');
}

describe('k8s_delete', () => {
  test('needs the plan and the name, says what refers to the object, and proves that it is gone', async () => {
    stage.add('configmaps', 'shop', 'colours', { data: {} });
    stage.cluster.update(REF, (object) => {
      object.spec = { template: { spec: { volumes: [{ configMap: { name: 'colours' } }] } } };
    });
    const which = { kind: 'cm', namespace: 'shop', name: 'colours' };
    const { digest, objects } = await planOf('delete', which);

    expect(objects).toMatchObject([{ what: 'delete', warnings: [expect.stringContaining('Deployment web names it')] }]);
    await expect(stage.call('k8s_delete', { ...which, digest })).rejects.toMatchObject({
      code: 'CONFIRMATION_REQUIRED',
    });
    const confirm = 'ConfigMap shop/colours';
    expect(await stage.call('k8s_delete', { ...which, digest, confirm })).toMatchObject({ effective: 'proved' });
    expect(() => stage.cluster.peek(refOf('configmaps', 'shop', 'colours'))).toThrow();
  });

  test('of a namespace says that everything in it goes, in the plan and in the question', async () => {
    stage.add('namespaces', '', 'old');
    const which = { kind: 'namespaces', name: 'old' };
    const everything = 'Every object in the namespace old is deleted with it.';
    const { digest, objects } = await planOf('delete', which);

    expect(objects).toMatchObject([{ what: 'delete', warnings: [everything] }]);
    await expect(stage.call('k8s_delete', { ...which, digest })).rejects.toMatchObject({
      message: expect.stringContaining(everything),
    });
  });
});

describe('former templates', () => {
  beforeEach(() => {
    const { uid } = stage.cluster.peek(REF).metadata;
    const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web', uid, controller: true };
    for (const [revision, image] of [
      ['1', 'web:v0'],
      ['2', 'web:v1'],
    ] as const)
      stage.add('replicasets', 'shop', `web-${revision}`, {
        metadata: {
          ownerReferences: [owner],
          annotations: { 'deployment.kubernetes.io/revision': revision, 'kubernetes.io/change-cause': 'because' },
        } as never,
        spec: { template: { ...template(image), metadata: { labels: { 'pod-template-hash': 'x' } } } },
      });
    stage.cluster.update(REF, ({ spec }) => {
      spec['template'] = { ...template('web:v1'), metadata: { labels: {} } };
    });
  });

  test('are listed newest first', async () => {
    expect(await stage.call('k8s_rollout_history', WEB)).toMatchObject({
      revisions: [
        { revision: 2, images: ['web:v1'], kept_in: 'web-2', cause: 'because' },
        { revision: 1, images: ['web:v0'] },
      ],
    });
  });

  test('the newest other one is put back, without the labels of its controller', async () => {
    expect(await planOf('rollout_undo', WEB)).toMatchObject({
      objects: [{ changes: [{ path: 'spec.template.spec.containers[app].image', from: 'web:v1', to: 'web:v0' }] }],
    });
    await change('rollout_undo', WEB);
    expect(JSON.stringify(stage.cluster.peek(REF).spec)).not.toContain('pod-template-hash');
  });

  test('a revision that is not kept is refused with those that are', async () => {
    await expect(planOf('rollout_undo', { ...WEB, revision: 7 })).rejects.toMatchObject({
      code: 'NOT_APPLICABLE',
      message: expect.stringContaining('Kept revisions: 2, 1.'),
    });
  });
});

test('k8s_rollout_status gives the reason of pods that are not ready', async () => {
  stage.cluster.update(REF, (object) => {
    object.spec['selector'] = { matchLabels: { app: 'web' } };
    object.status = { observedGeneration: 9, updatedReplicas: 2, replicas: 2, availableReplicas: 1 };
  });
  stage.add('pods', 'shop', 'web-1', {
    metadata: { labels: { app: 'web' } } as never,
    status: { containerStatuses: [{ state: { waiting: { reason: 'ImagePullBackOff', message: 'no such image' } } }] },
  });

  expect(await stage.call('k8s_rollout_status', WEB)).toMatchObject({
    state: 'progressing',
    message: '1 of 2 pods are available.',
    pods: [{ name: 'web-1', problem: 'ImagePullBackOff: no such image' }],
  });
  await expect(
    stage.call('k8s_rollout_status', { kind: 'services', namespace: 'shop', name: 'web' }),
  ).rejects.toMatchObject({ code: 'NOT_APPLICABLE' });
});

test.each([
  ['rollout_restart', {}, ['template', 'metadata', 'annotations', 'kubectl.kubernetes.io/restartedAt']],
  ['label', { values: { tier: 'front' } }, undefined],
  ['patch', { patch: 'spec: {paused: true}' }, ['paused']],
])('k8s_%s writes', async (action, input, path) => {
  expect(await change(action, { ...WEB, ...input })).toMatchObject({ changed: true });
  const object = stage.cluster.peek(REF);
  if (path) expect(object.spec).toHaveProperty(path.map((key) => key));
  else expect(object.metadata.labels).toEqual({ tier: 'front' });
});

test('a node is cordoned and uncordoned', async () => {
  stage.add('nodes', '', 'worker-1');
  const node = refOf('nodes', '', 'worker-1');

  await change('cordon', { name: 'worker-1' });
  expect(stage.cluster.peek(node).spec).toEqual({ unschedulable: true });
  await change('uncordon', { name: 'worker-1' });
  expect(stage.cluster.peek(node).spec).toEqual({});
});

describe('k8s_drain', () => {
  const pod = (name: string, kind: string | undefined, more: object = {}) =>
    stage.add('pods', 'shop', name, {
      metadata: {
        ownerReferences:
          kind === undefined ? [] : [{ apiVersion: 'x/v1', kind, name: 'owner', uid: 'u', controller: true }],
      } as never,
      spec: { nodeName: 'worker-1' },
      ...more,
    });
  const confirm = { confirm: 'Node worker-1' };
  const exists = (name: string): boolean => {
    try {
      return stage.cluster.peek(refOf('pods', 'shop', name)).metadata.name === name;
    } catch {
      return false;
    }
  };

  beforeEach(() => {
    stage.add('nodes', '', 'worker-1');
    pod('web-1', 'ReplicaSet');
    pod('web-2', 'ReplicaSet', { spec: { nodeName: 'worker-2' } });
    pod('agent', 'DaemonSet');
    pod('done', 'Job', { status: { phase: 'Succeeded' } });
  });

  test('evicts the pods that have to go elsewhere, and no others', async () => {
    expect(await change('drain', { name: 'worker-1' }, confirm)).toMatchObject({
      effective: 'proved',
      objects: [
        { kind: 'Node', what: 'change' },
        { kind: 'Pod', name: 'web-1', what: 'delete' },
      ],
    });
    expect(['web-1', 'web-2', 'agent', 'done'].filter(exists)).toEqual(['web-2', 'agent', 'done']);
    expect(stage.cluster.peek(refOf('nodes', '', 'worker-1')).spec).toEqual({ unschedulable: true });
  });

  test('names a pod that its budget keeps, and evicts the others', async () => {
    pod('web-3', 'ReplicaSet');
    stage.cluster.budgeted.add('web-1');

    expect(await change('drain', { name: 'worker-1' }, confirm)).toMatchObject({
      changed: true,
      effective: 'pending',
      reason: expect.stringContaining('web-1 was not evicted'),
    });
    expect(['web-1', 'web-3'].filter(exists)).toEqual(['web-1']);
  });

  test('is refused for a pod that nobody would start again, and evicts nothing', async () => {
    pod('alone', undefined);

    await expect(planOf('drain', { name: 'worker-1' })).rejects.toMatchObject({
      code: 'NOT_APPLICABLE',
      message: expect.stringContaining('shop/alone'),
    });
    expect(exists('web-1')).toBe(true);
  });

  test('needs the name of the node as a confirmation', async () => {
    await expect(change('drain', { name: 'worker-1' })).rejects.toMatchObject({ code: 'CONFIRMATION_REQUIRED' });
    expect(exists('web-1')).toBe(true);
  });
});
