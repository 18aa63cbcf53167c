import { expect, test } from '@jest/globals';
import type { Output } from '../../../src/commands/execute.ts';
import type { refOf } from '../../support/kubernetes-stage.ts';
import { KubernetesStage } from '../../support/kubernetes-stage.ts';

type Ref = ReturnType<typeof refOf>;
const MARK = { 'sluice.dev/owner': JSON.stringify({ release_id: 'release/prod/shop/web', run_id: 'r1' }) };
const stage = new KubernetesStage();
const plan = (action: string, input: object): Promise<Output> => stage.call('k8s_plan', { action, ...input });

test('a copy of the mark on a ReplicaSet counts for nothing after the release has removed its own', async () => {
  const uidOf = (ref: Ref) => stage.cluster.peek(ref).metadata.uid;
  const rollout = stage.add('rollouts', 'shop', 'web', { spec: {} });
  const ownedBy = (apiVersion: string, kind: string, name: string, ref: Ref) => ({
    ownerReferences: [{ apiVersion, kind, name, uid: uidOf(ref), controller: true }],
  });
  const set = stage.add('replicasets', 'shop', 'web-1', {
    metadata: { annotations: MARK, ...ownedBy('argoproj.io/v1alpha1', 'Rollout', 'web', rollout) } as never,
  });
  stage.add('pods', 'shop', 'web-1-a', {
    metadata: ownedBy('apps/v1', 'ReplicaSet', 'web-1', set) as never,
  });

  const remove = () => plan('delete', { kind: 'pods', namespace: 'shop', name: 'web-1-a' });
  expect(await remove()).toMatchObject({ objects: [{ what: 'delete', name: 'web-1-a' }] });
  expect(await plan('scale', { kind: 'rs', namespace: 'shop', name: 'web-1', replicas: 1 })).toMatchObject({
    objects: [{ what: 'change' }],
  });

  stage.cluster.update(rollout, ({ metadata }) => void (metadata.annotations = MARK));
  await expect(remove()).rejects.toMatchObject({
    code: 'OWNED_BY_OTHER',
    message: expect.stringContaining('is a part of Rollout web, which belongs to'),
  });
});
