import { beforeEach, expect, test } from '@jest/globals';
import { EVENT, POD, REPLICA_SET, ROLLOUT } from '../../../src/adapters/kubernetes/kinds.ts';
import { SluiceError } from '../../../src/domain/errors.ts';
import { podsText, podsTrouble } from '../../../src/domain/pods.ts';
import { readPods } from '../../../src/targets/argo-rollout/pods.ts';
import { FakeCluster } from '../../support/fake-cluster.ts';

const target = { cluster: 'prod', namespace: 'shop', rollout: 'web' };
const HASH = 'bbb';
const labels = { app: 'web', 'rollouts-pod-template-hash': HASH };
let cluster: FakeCluster;
beforeEach(() => {
  cluster = new FakeCluster('prod');
  const spec = { selector: { matchLabels: { app: 'web' } }, strategy: { canary: {} }, template: {} };
  cluster.create({ kind: ROLLOUT, namespace: 'shop', name: 'web' }, { spec, status: {} });
});

const condition = (type: string, status: string, reason = '', message = '') => ({ type, status, reason, message });
const pod = (name: string, status: object) =>
  cluster.create({ kind: POD, namespace: 'shop', name }, { status, labels });
const waiting = (reason: string, more: object = {}) => ({
  conditions: [condition('PodScheduled', 'True'), condition('Ready', 'False', 'ContainersNotReady')],
  containerStatuses: [{ restartCount: 0, state: { waiting: { reason, message: `about ${reason}` } }, ...more }],
});
const text = async () => podsText(await readPods(cluster, target, HASH));

test('a pod that crashes says its exit code and its restarts', async () => {
  pod(
    'web-1',
    waiting('CrashLoopBackOff', { restartCount: 3, lastState: { terminated: { exitCode: 1, reason: 'Error' } } }),
  );

  expect(await text()).toBe('0 of 1 ready: CrashLoopBackOff, exit code 1, 3 restarts (about CrashLoopBackOff)');
});

test('an image that cannot be pulled, beside a pod that is ready', async () => {
  pod('web-1', waiting('ImagePullBackOff'));
  pod('web-2', { conditions: [condition('Ready', 'True')], containerStatuses: [{ restartCount: 0, state: {} }] });

  expect(await text()).toBe('1 of 2 ready: ImagePullBackOff (about ImagePullBackOff)');
});

test('a pod that no node takes', async () => {
  pod('web-1', { conditions: [condition('PodScheduled', 'False', 'Unschedulable', '0/3 nodes: not enough cpu')] });

  expect(await text()).toBe('0 of 1 ready: Unschedulable (0/3 nodes: not enough cpu)');
});

test('a pod that runs and fails its probe says what the probe says', async () => {
  pod('web-1', { conditions: [condition('Ready', 'False')], containerStatuses: [{ restartCount: 0, state: {} }] });
  const event = {
    involvedObject: { kind: 'Pod', name: 'web-1' },
    reason: 'Unhealthy',
    message: 'Readiness probe: 503',
  };
  cluster.list = (
    (list) =>
    (kind, ...rest) =>
      kind === EVENT ? Promise.resolve([event]) : list(kind, ...rest)
  )(cluster.list.bind(cluster));

  expect(await text()).toBe('0 of 1 ready: Unhealthy (Readiness probe: 503)');
});

test('no pod at all, because a quota refuses it', async () => {
  const conditions = [condition('ReplicaFailure', 'True', 'FailedCreate', 'exceeded quota: cpu')];
  cluster.create({ kind: REPLICA_SET, namespace: 'shop', name: 'web-bbb' }, { status: { conditions }, labels });

  expect(await text()).toBe('0 pods: FailedCreate: exceeded quota: cpu');
});

test('a pod that starts in the ordinary way is waited for; ready pods are no trouble', async () => {
  pod('web-1', waiting('ContainerCreating'));
  expect(await text()).toBe('0 of 1 ready: not ready yet');

  pod('web-1', { conditions: [condition('Ready', 'True')] });
  expect(podsTrouble(await readPods(cluster, target, HASH))).toBeUndefined();
});

test('pods of another version and of another Rollout are not counted', async () => {
  const other = { ...labels, 'rollouts-pod-template-hash': 'aaa' };
  cluster.create({ kind: POD, namespace: 'shop', name: 'old' }, { status: waiting('CrashLoopBackOff'), labels: other });
  cluster.create(
    { kind: POD, namespace: 'shop', name: 'api' },
    { status: waiting('CrashLoopBackOff'), labels: { ...labels, app: 'api' } },
  );

  expect(await text()).toBeUndefined();
});

test('a right that is missing is said, and is no error', async () => {
  cluster.list = () => Promise.reject(new SluiceError('FORBIDDEN', 'pods is forbidden'));

  expect(await text()).toBe('The pods cannot be read: pods is forbidden');
});
