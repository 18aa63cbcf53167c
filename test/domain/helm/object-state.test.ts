import { expect, test } from '@jest/globals';
import { objectState } from '../../../src/domain/helm/object-state.ts';

const job = (status: object, spec: object = {}) => ({ kind: 'Job', metadata: { name: 'a' }, spec, status });

test.each([
  ['a Job that runs', job({}), 'progressing'],
  ['a Job that has ended', job({ succeeded: 1 }), 'complete'],
  ['a Job of three pods', job({ succeeded: 2 }, { completions: 3 }), 'progressing'],
  ['a Job that failed', job({ conditions: [{ type: 'Failed', status: 'True', message: 'BackoffLimit' }] }), 'failed'],
  ['a claim without a volume', { kind: 'PersistentVolumeClaim', status: { phase: 'Pending' } }, 'progressing'],
  ['a claim with a volume', { kind: 'PersistentVolumeClaim', status: { phase: 'Bound' } }, 'complete'],
  ['a ConfigMap', { kind: 'ConfigMap' }, 'complete'],
])('%s', (_, object, state) => {
  expect(objectState(object).state).toBe(state);
});
