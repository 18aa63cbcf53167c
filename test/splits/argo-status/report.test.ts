import { expect, test } from '@jest/globals';
import { podsOf, reportOf, type Pods } from '../../../src/splits/argo-status/report.ts';
import { ReplicaSet, Rollout } from '../../../src/splits/argo-status/schema.ts';

const STEPS = [{ setWeight: 0 }, { pause: {} }, { setWeight: 25 }, { pause: {} }, { setWeight: 50 }, { pause: {} }];
const UNDER_WAY = { currentPodHash: 'new', stableRS: 'old' };
const PODS: Pods = { stable: 3, other: 1 };

const rollout = (status: object, trafficRouting?: object): Rollout =>
  Rollout.parse({
    metadata: { uid: 'u1', resourceVersion: '7' },
    spec: { strategy: { canary: { steps: STEPS, ...(trafficRouting && { trafficRouting }) } } },
    status,
  });

test.each([
  ['before the first weight', { currentStepIndex: 0 }, 0],
  ['while the pods of weight 25 come', { currentStepIndex: 2 }, 0],
  ['when Argo has gone on from weight 25', { currentStepIndex: 3 }, 25],
  ['while the pods of weight 50 come', { currentStepIndex: 4 }, 25],
  ['at the last pause', { currentStepIndex: 5 }, 50],
  ['after the last step', { currentStepIndex: 6 }, 100],
])('without a router the step says the weight: %s', (_when, status, weight) => {
  expect(reportOf(rollout({ ...UNDER_WAY, ...status }), PODS).weight).toBe(weight);
});

test.each<[string, object, Pods, number]>([
  ['an abort has not removed its pod yet', { ...UNDER_WAY, abort: true, currentStepIndex: 0 }, PODS, 25],
  ['an abort has removed every pod', { ...UNDER_WAY, abort: true, currentStepIndex: 0 }, { stable: 4, other: 0 }, 0],
  ['nothing is released', { currentPodHash: 'old', stableRS: 'old', currentStepIndex: 6 }, { stable: 4, other: 0 }, 0],
  ['one of very many pods is left', { ...UNDER_WAY, abort: true }, { stable: 999, other: 1 }, 1],
  ['no pod is available', { ...UNDER_WAY, abort: true }, { stable: 0, other: 0 }, 0],
  ['nothing was ever stable', { currentPodHash: 'new', currentStepIndex: 3 }, { stable: 0, other: 2 }, 100],
])('without a router pods decide outside an update: %s', (_what, status, pods, weight) => {
  expect(reportOf(rollout(status), pods).weight).toBe(weight);
});

test("with a router it is Argo's own weight, whatever the step and the pods", () => {
  const canary = { weights: { canary: { weight: 10 } } };
  const seen = rollout({ ...UNDER_WAY, currentStepIndex: 5, canary }, { nginx: {}, managedRoutes: [] });
  expect(reportOf(seen, PODS)).toEqual({
    weight: 10,
    text: 'Argo reports weight 10 for nginx; 1 of 4 available pods is not of the stable version',
  });
  expect(reportOf(rollout(UNDER_WAY, { istio: {} }), PODS).weight).toBe(0);
});

test('the words name the pods, also after an abort', () => {
  const aborted = rollout({ ...UNDER_WAY, abort: true });
  expect(reportOf(aborted, { stable: 4, other: 0 }).text).toBe(
    'Argo reports the update as aborted; 0 of 4 available pods are not of the stable version',
  );
  expect(reportOf(rollout({ ...UNDER_WAY, currentStepIndex: 3 }), PODS).text).toBe(
    'Argo reports that the pods of weight 25 are there; 1 of 4 available pods is not of the stable version',
  );
});

test('only ReplicaSets of the Rollout itself count', () => {
  const set = (uid: string, hash: string, availableReplicas: number) =>
    ReplicaSet.parse({
      metadata: { labels: { 'rollouts-pod-template-hash': hash }, ownerReferences: [{ uid }] },
      status: { availableReplicas },
    });
  const sets = [set('u1', 'old', 3), set('u1', 'new', 1), set('u1', 'older', 1), set('other', 'old', 9)];
  expect(podsOf(rollout(UNDER_WAY), sets)).toEqual({ stable: 3, other: 2 });
});
