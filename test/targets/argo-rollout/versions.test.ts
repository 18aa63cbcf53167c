import { beforeEach, expect, test } from '@jest/globals';
import { POD, REPLICA_SET, ROLLOUT } from '../../../src/adapters/kubernetes/kinds.ts';
import type { Kind } from '../../../src/adapters/kubernetes/kinds.ts';
import { SluiceError } from '../../../src/domain/errors.ts';
import { readVersions } from '../../../src/targets/argo-rollout/versions.ts';
import { FakeCluster } from '../../support/fake-cluster.ts';

const target = { cluster: 'prod', namespace: 'shop', rollout: 'web' };
const HASH_LABEL = 'rollouts-pod-template-hash';
let cluster: FakeCluster;
beforeEach(() => {
  cluster = new FakeCluster('prod');
  const spec = { selector: { matchLabels: { app: 'web' } }, strategy: { canary: {} }, template: {} };
  const status = { currentPodHash: 'bbb', stableRS: 'aaa' };
  cluster.create({ kind: ROLLOUT, namespace: 'shop', name: 'web' }, { spec, status });
  replicaSet('aaa', 1, {});
  replicaSet('bbb', 2, {
    conditions: [{ type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'quota' }],
  });
  pod('web-1', 'web', 'aaa');
  pod('other-1', 'other', 'aaa');
});

function replicaSet(hash: string, revision: number, status: object): void {
  const ref = { kind: REPLICA_SET, namespace: 'shop', name: `web-${hash}` };
  const owner = cluster.peek({ kind: ROLLOUT, namespace: 'shop', name: 'web' }).metadata.uid;
  const spec = { replicas: 1, template: { spec: { containers: [{ name: 'app', image: 'shop:v1' }] } } };
  cluster.create(ref, { spec, status, owner, labels: { app: 'web', [HASH_LABEL]: hash } });
  cluster.update(ref, ({ metadata }) => {
    metadata.annotations = { 'rollout.argoproj.io/revision': String(revision) };
    Object.assign(metadata, { creationTimestamp: '2026-11-01T10:00:00Z' });
  });
}

function pod(name: string, app: string, hash: string): void {
  const status = { conditions: [{ type: 'Ready', status: 'True' }] };
  cluster.create({ kind: POD, namespace: 'shop', name }, { status, labels: { app, [HASH_LABEL]: hash } });
}

function refuse(refused: Kind): void {
  const list = cluster.list.bind(cluster);
  cluster.list = (kind, ...rest) =>
    kind === refused ? Promise.reject(new SluiceError('FORBIDDEN', `may not list ${kind.name}`)) : list(kind, ...rest);
}

test('the revisions are newest first, and the pods are under their hash', async () => {
  expect(await readVersions(cluster, target)).toMatchObject({
    podHash: 'bbb',
    stableHash: 'aaa',
    revisions: [
      { revision: 2, podHash: 'bbb', problem: '0 pods: FailedCreate: quota' },
      { revision: 1, podHash: 'aaa' },
    ],
    pods: new Map([['aaa', [{ name: 'web-1', ready: true, restarts: 0 }]]]),
  });
});

test.each([
  [REPLICA_SET, { revisions: [], revisionsProblem: 'may not list ReplicaSet' }],
  [POD, { pods: new Map(), podsProblem: 'may not list Pod' }],
])('a missing right to list them is a problem beside the other data: %p', async (kind, expected) => {
  refuse(kind);

  expect(await readVersions(cluster, target)).toMatchObject({ podHash: 'bbb', ...expected });
});

test('a fault of the program is an error', async () => {
  cluster.list = () => Promise.reject(new TypeError('oops'));

  await expect(readVersions(cluster, target)).rejects.toThrow('oops');
});
