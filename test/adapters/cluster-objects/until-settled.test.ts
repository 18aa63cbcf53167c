import { expect, test } from '@jest/globals';
import { untilSettled } from '../../../src/adapters/cluster-objects/until-settled.ts';
import type { ApiObject } from '../../../src/domain/cluster-objects/api-object.ts';
import { movesByItself } from '../../../src/domain/cluster-objects/workload-state.ts';

const web = (available: number, more: object = {}): ApiObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', generation: 2 },
  spec: { replicas: 2 },
  status: { observedGeneration: 2, replicas: 2, updatedReplicas: 2, availableReplicas: available, ...more },
});
const isSettled = (object: ApiObject) => !movesByItself(object);

test('an object is read until it is settled', async () => {
  const states = [web(0), web(1), web(2), web(2)];
  const read = () => Promise.resolve(states.shift() as ApiObject);

  expect(await untilSettled(read, isSettled, { signal: new AbortController().signal, withinMs: 60_000 })).toEqual(
    web(2),
  );
  expect(states).toHaveLength(1);
});

test('a caller that has gone, and a time that is over, get what was read last', async () => {
  const read = () => Promise.resolve(web(0));

  expect(await untilSettled(read, isSettled, { signal: AbortSignal.abort(), withinMs: 60_000 })).toEqual(web(0));
  expect(await untilSettled(read, isSettled, { signal: new AbortController().signal, withinMs: 0 })).toEqual(web(0));
});

test('nothing is waited for that only a person can continue', () => {
  const condition = { type: 'Progressing', reason: 'ProgressDeadlineExceeded', message: 'too late' };
  expect(movesByItself(web(0, { conditions: [condition] }))).toBe(false);
  const rollout = { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', metadata: { name: 'web' } };
  expect(movesByItself({ ...rollout, status: { phase: 'Paused' } })).toBe(false);
  expect(movesByItself({ ...rollout, status: { phase: 'Progressing' } })).toBe(true);
});
