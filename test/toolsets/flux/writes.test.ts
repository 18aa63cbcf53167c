import { beforeEach, describe, expect, test } from '@jest/globals';
import type { Output } from '../../../src/commands/execute.ts';
import { addFlux, addPipeline, condition, playFlux } from '../../support/fake-flux.ts';
import { KubernetesStage, refOf } from '../../support/kubernetes-stage.ts';

let stage: KubernetesStage;
const APPS = { kind: 'ks', namespace: 'shop', name: 'apps' };
const KUSTOMIZATION = refOf('kustomizations', 'shop', 'apps');
const SOURCE = refOf('gitrepositories', 'shop', 'apps');
const REQUEST = 'reconcile.fluxcd.io/requestedAt';

beforeEach(() => {
  stage = new KubernetesStage();
  addPipeline(stage.cluster);
});

const planOf = (action: string, input: object): Promise<Output> => stage.call('flux_plan', { action, ...input });

/** Plans a change and carries it out. */
async function change(action: string, input: object): Promise<Output> {
  const { digest } = await planOf(action, input);
  return stage.call(`flux_${action}`, { ...input, digest });
}
const annotation = (ref: typeof SOURCE, key: string): string | undefined =>
  stage.cluster.peek(ref).metadata.annotations?.[key];

describe('flux_reconcile', () => {
  test('is proved when its own request is handled and the object is ready', async () => {
    playFlux(stage.cluster);

    expect(await change('reconcile', APPS)).toMatchObject({
      changed: true,
      effective: 'proved',
      reason: expect.stringMatching(/^Kustomization shop\/apps has handled the request and is ready at main@sha1:/),
    });
    expect(annotation(SOURCE, REQUEST)).toBeUndefined();
  });

  test('an earlier request that was handled proves nothing: it says what it waits for', async () => {
    stage.cluster.update(KUSTOMIZATION, ({ status }) => void (status['lastHandledReconcileAt'] = 'earlier'));

    expect(await change('reconcile', { ...APPS, wait: '400ms' })).toMatchObject({
      changed: true,
      effective: 'pending',
      reason: 'Kustomization shop/apps has not handled the request yet (waited for 400ms)',
      next: expect.stringContaining('flux_get'),
    });
  });

  test('a request that failed says why, at once', async () => {
    playFlux(stage.cluster, () => ({
      conditions: [
        condition('Ready', 'False', 'BuildFailed', 'kustomization.yaml: no such file'),
        condition('Reconciling', 'True', 'ProgressingWithRetry', 'retrying'),
      ],
    }));

    expect(await change('reconcile', { ...APPS, wait: '5m' })).toMatchObject({
      effective: 'pending',
      reason:
        'Kustomization shop/apps has handled the request and is not ready: BuildFailed: kustomization.yaml: no such file',
    });
  });

  test('a ready condition about an older specification does not count', async () => {
    playFlux(stage.cluster, () => ({ observedGeneration: 0, conditions: [condition('Ready', 'True', 'Old', 'x', 0)] }));

    expect(await change('reconcile', { ...APPS, wait: '400ms' })).toMatchObject({ effective: 'pending' });
  });

  test('with its source, the source comes first', async () => {
    playFlux(stage.cluster);

    expect(await change('reconcile', { ...APPS, with_source: true })).toMatchObject({
      effective: 'proved',
      reason: expect.stringMatching(/GitRepository shop\/apps has handled.*; Kustomization shop\/apps has handled/),
    });
  });

  test('the new revision of its source may change the status of the object meanwhile', async () => {
    playFlux(stage.cluster);
    stage.cluster.onChange((ref) => {
      if (ref.kind.plural !== 'gitrepositories' || !stage.cluster.peek(SOURCE).status['lastHandledReconcileAt']) return;
      stage.cluster.update(KUSTOMIZATION, ({ status }) => void (status['lastAttemptedRevision'] = 'newer'));
    });

    expect(await change('reconcile', { ...APPS, with_source: true })).toMatchObject({ effective: 'proved' });
  });

  test('but not its specification', async () => {
    playFlux(stage.cluster);
    stage.cluster.onChange((ref) => {
      if (ref.kind.plural !== 'gitrepositories' || !stage.cluster.peek(SOURCE).status['lastHandledReconcileAt']) return;
      stage.cluster.update(KUSTOMIZATION, ({ spec }) => void (spec['path'] = './other'));
    });

    await expect(change('reconcile', { ...APPS, with_source: true })).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(annotation(KUSTOMIZATION, REQUEST)).toBeUndefined();
  });

  test('an object is not asked while its source is not ready', async () => {
    playFlux(stage.cluster, ({ spec }) =>
      'url' in spec ? { conditions: [condition('Ready', 'False', 'GitOperationFailed', 'no such branch')] } : {},
    );

    expect(await change('reconcile', { ...APPS, with_source: true })).toMatchObject({
      changed: true,
      effective: 'pending',
      reason: expect.stringMatching(/no such branch; Kustomization shop\/apps was not written/),
    });
    expect(annotation(KUSTOMIZATION, REQUEST)).toBeUndefined();
  });

  test.each([
    ['a suspended object', 'kustomizations', { suspend: true }, 'suspended'],
    ['an Alert', 'alerts', {}, 'No controller handles requests'],
    ['an OCI HelmRepository', 'helmrepositories', { type: 'oci' }, 'only data'],
  ])('%s is refused', async (_, plural, spec, why) => {
    addFlux(stage.cluster, plural, 'shop', 'other', { spec });

    await expect(planOf('reconcile', { kind: plural, namespace: 'shop', name: 'other' })).rejects.toMatchObject({
      code: 'NOT_APPLICABLE',
      message: expect.stringContaining(why),
    });
  });

  test('a source in a namespace that is not allowed is refused', async () => {
    stage.allowedNamespaces = ['shop'];
    stage.cluster.update(KUSTOMIZATION, ({ spec }) => {
      spec['sourceRef'] = { kind: 'GitRepository', name: 'apps', namespace: 'secret' };
    });

    await expect(planOf('reconcile', { ...APPS, with_source: true })).rejects.toMatchObject({
      code: 'NAMESPACE_NOT_ALLOWED',
    });
  });
});

describe('flux_suspend and flux_resume', () => {
  test('reason, caller and expiry are kept on the object, and removed with the suspension', async () => {
    playFlux(stage.cluster);

    expect(await change('suspend', { ...APPS, reason: 'a repair by hand', expires_in: '2h' })).toMatchObject({
      changed: true,
      effective: 'proved',
    });
    const got = await stage.call('flux_get', APPS);
    expect(got).toMatchObject({ state: 'suspended', suspension: { by: 'test', reason: 'a repair by hand' } });
    const { since = '', until = '' } = got['suspension'] as Record<string, string>;
    expect(Date.parse(until) - Date.parse(since)).toBe(7_200_000);

    expect(await change('resume', APPS)).toMatchObject({ changed: true, effective: 'proved' });
    expect(stage.cluster.peek(KUSTOMIZATION).spec).not.toHaveProperty('suspend');
    expect(Object.keys(stage.cluster.peek(KUSTOMIZATION).metadata.annotations ?? {})).toEqual([REQUEST]);
  });

  test('a suspension needs a reason, already in its plan', async () => {
    await expect(planOf('suspend', APPS)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  test('a plan shows the record, and warns of one that it replaces', async () => {
    await change('suspend', { ...APPS, reason: 'first' });

    expect(await planOf('suspend', { ...APPS, reason: 'second' })).toMatchObject({
      objects: [
        {
          changes: expect.arrayContaining([
            { path: 'metadata.annotations[sluice.dev/suspended-reason]', from: 'first', to: 'second' },
          ]),
          warnings: expect.arrayContaining([expect.stringContaining('That record is replaced')]),
        },
      ],
    });
  });

  test('what its own source sets is put back, and the plan says so', async () => {
    const labels = {
      'kustomize.toolkit.fluxcd.io/name': 'root',
      'kustomize.toolkit.fluxcd.io/namespace': 'flux-system',
    };
    stage.cluster.update(KUSTOMIZATION, ({ metadata }) => void Object.assign(metadata, { labels }));
    expect(await planOf('resume', APPS)).toMatchObject({ needs_reason: false });

    stage.cluster.update(KUSTOMIZATION, ({ metadata }) => {
      const fieldsV1 = { 'f:spec': { 'f:suspend': {} } };
      Object.assign(metadata, { managedFields: [{ manager: 'kustomize-controller', fieldsV1 }] });
    });
    expect(await planOf('resume', APPS)).toMatchObject({
      needs_reason: true,
      objects: [{ warnings: [expect.stringContaining('puts that value back')] }],
    });
  });

  test('an object that is not suspended is not touched by resume', async () => {
    const before = stage.cluster.peek(KUSTOMIZATION);

    expect(await change('resume', APPS)).toMatchObject({ changed: false, effective: 'proved' });
    expect(stage.cluster.peek(KUSTOMIZATION)).toEqual(before);
  });
});

describe('the one way to write', () => {
  test('is refused without the digest of the plan, and when the object has moved', async () => {
    await expect(stage.call('flux_reconcile', APPS)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    const { digest } = await planOf('reconcile', APPS);
    stage.cluster.update(KUSTOMIZATION, ({ spec }) => void (spec['path'] = './other'));

    await expect(stage.call('flux_reconcile', { ...APPS, digest })).rejects.toMatchObject({
      code: 'PLAN_CHANGED',
      next: expect.stringContaining('flux_plan'),
    });
    expect(annotation(KUSTOMIZATION, REQUEST)).toBeUndefined();
  });

  test('names a missing right before anything is tried', async () => {
    stage.cluster.allowed = async () => false;

    await expect(planOf('suspend', { ...APPS, reason: 'x' })).rejects.toMatchObject({
      code: 'FORBIDDEN',
      message: expect.stringContaining('may not patch kustomizations.kustomize.toolkit.fluxcd.io in shop'),
    });
    expect(stage.requests.map(({ verb }) => verb)).not.toContain('patch');
  });

  test('a kind of Kubernetes is not changed by these tools', async () => {
    await expect(planOf('suspend', { ...APPS, kind: 'deployments', reason: 'x' })).rejects.toMatchObject({
      code: 'UNKNOWN_NAME',
    });
  });
});
