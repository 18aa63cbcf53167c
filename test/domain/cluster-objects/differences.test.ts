import { expect, test } from '@jest/globals';
import { differences } from '../../../src/domain/cluster-objects/differences.ts';
import { podTrouble, workloadState } from '../../../src/domain/cluster-objects/workload-state.ts';

const object = (spec: unknown, kind = 'Thing') => ({ kind, metadata: { name: 'x' }, spec });
const between = (a: unknown, b: unknown) => differences(object(a), object(b));

test.each<[string, unknown, unknown, readonly object[]]>([
  ['a value', { replicas: 1 }, { replicas: 2 }, [{ path: 'spec.replicas', from: '1', to: '2' }]],
  ['a new field', {}, { paused: true }, [{ path: 'spec.paused', to: 'true' }]],
  ['a removed field', { paused: true }, {}, [{ path: 'spec.paused', from: 'true' }]],
  [
    'an item with a name',
    {
      env: [
        { name: 'a', value: '1' },
        { name: 'b', value: '2' },
      ],
    },
    {
      env: [
        { name: 'b', value: '3' },
        { name: 'a', value: '1' },
      ],
    },
    [{ path: 'spec.env[b].value', from: '2', to: '3' }],
  ],
  ['a list of values', { args: ['x'] }, { args: ['x', 'y'] }, [{ path: 'spec.args', from: '["x"]', to: '["x","y"]' }]],
  ['a key with dots', { labels: {} }, { labels: { 'a.b/c': 'd' } }, [{ path: 'spec.labels[a.b/c]', to: 'd' }]],
  ['another form', { a: { b: 1 } }, { a: 'text' }, [{ path: 'spec.a', from: '{"b":1}', to: 'text' }]],
  ['nothing', { a: 1, b: 2 }, { b: 2, a: 1 }, []],
])('%s', (_, before, after, wanted) => {
  expect(between(before, after)).toEqual(wanted);
});

test('a changed secret is shown as changed, and its value is not', () => {
  const secret = (value: string) => ({ kind: 'Secret', metadata: { name: 'db' }, data: { url: value } });

  expect(differences(secret('aHVudGVyMg=='), secret('bmV3'))).toEqual([{ path: 'data.url', from: '***', to: '***' }]);
});

test('status, versions and managers are no change', () => {
  const with_ = (version: string) => ({
    metadata: { name: 'x', resourceVersion: version, generation: Number(version), managedFields: [version] },
    status: version,
  });

  expect(differences(with_('1'), with_('2'))).toEqual([]);
});

test('every leaf of a new object is shown', () => {
  expect(differences(undefined, object({ a: { b: [{ name: 'c', d: 1 }] } }))).toEqual([
    { path: 'kind', to: 'Thing' },
    { path: 'spec.a.b[c].name', to: 'c' },
    { path: 'spec.a.b[c].d', to: '1' },
    { path: 'metadata.name', to: 'x' },
  ]);
});

test.each<[string, string, object, object, string | undefined]>([
  ['a new generation', 'Deployment', {}, { observedGeneration: 0 }, 'progressing'],
  ['old pods', 'Deployment', { replicas: 2 }, { updatedReplicas: 2, replicas: 3 }, 'progressing'],
  ['pods that are not ready', 'Deployment', { replicas: 2 }, { updatedReplicas: 2, replicas: 2 }, 'progressing'],
  [
    'a deadline',
    'Deployment',
    { replicas: 2 },
    { conditions: [{ type: 'Progressing', reason: 'ProgressDeadlineExceeded' }] },
    'failed',
  ],
  ['everything', 'Deployment', { replicas: 2 }, { updatedReplicas: 2, replicas: 2, availableReplicas: 2 }, 'complete'],
  [
    'a partition',
    'StatefulSet',
    { replicas: 3, updateStrategy: { rollingUpdate: { partition: 2 } } },
    { updatedReplicas: 1, readyReplicas: 3, updateRevision: 'b', currentRevision: 'a' },
    'complete',
  ],
  ['a missing node', 'DaemonSet', {}, { desiredNumberScheduled: 2, updatedNumberScheduled: 1 }, 'progressing'],
  ['a phase', 'Rollout', {}, { phase: 'Degraded', observedGeneration: '1' }, 'failed'],
  ['no pods', 'ConfigMap', {}, {}, undefined],
])('the state of a workload: %s', (_, kind, spec, status, state) => {
  const workload = { kind, metadata: { name: 'x', generation: 1 }, spec, status: { observedGeneration: 1, ...status } };
  expect(workloadState(workload)?.state).toBe(state);
});

test.each([
  [{ conditions: [{ type: 'Ready', status: 'True' }] }, undefined],
  [{ conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }] }, 'Unschedulable'],
  [{ initContainerStatuses: [{ state: { waiting: { reason: 'CrashLoopBackOff' } } }] }, 'CrashLoopBackOff'],
  [{ phase: 'Running' }, 'Running, not ready yet'],
])('the trouble of a pod: %j', (status, trouble) => {
  expect(podTrouble({ status })).toBe(trouble);
});
