import { expect, test } from '@jest/globals';
import { quantity } from '../../../src/domain/cluster-objects/quantity.ts';
import { referenceTo, referredBy } from '../../../src/domain/cluster-objects/references.ts';

const target = (kind: string, labels = {}, spec = {}) =>
  referredBy({ kind, metadata: { name: 'web', uid: 'u1', labels }, spec });
const other = (spec: object, metadata: object = {}) => ({ kind: 'Other', metadata: { name: 'x', ...metadata }, spec });
const template = { template: { metadata: { labels: { app: 'web' } } } };

test.each([
  ['an owner', target('ReplicaSet'), other({}, { ownerReferences: [{ uid: 'u1' }] }), 'is owned by it'],
  ['a Service of a pod', target('Pod', { app: 'web' }), other({ selector: { app: 'web' } }), 'selects it'],
  ['a Service of a workload', target('Rollout', {}, template), other({ selector: { app: 'web' } }), 'selects its pods'],
  ['a budget', target('Pod', { app: 'web' }), other({ selector: { matchLabels: { app: 'web' } } }), 'selects it'],
  [
    'an autoscaler',
    target('Deployment'),
    other({ scaleTargetRef: { kind: 'Deployment', name: 'web' } }),
    'names it in spec.scaleTargetRef.name',
  ],
  [
    'a volume',
    target('ConfigMap'),
    other({ volumes: [{ configMap: { name: 'web' } }] }),
    'names it in spec.volumes.configMap.name',
  ],
  [
    'an Ingress',
    target('Service'),
    other({ rules: [{ http: { paths: [{ backend: { service: { name: 'web' } } }] } }] }),
    'names it in spec.rules.http.paths.backend.service.name',
  ],
  [
    'a canary',
    target('Service'),
    other({ strategy: { canary: { stableService: 'web' } } }),
    'names it in spec.strategy.canary.stableService',
  ],
])('%s refers to it', (_, referred, object, how) => {
  expect(referenceTo(referred, object)).toBe(how);
});

test.each([
  ['another kind of the same name', target('Service'), other({ scaleTargetRef: { kind: 'Deployment', name: 'web' } })],
  ['a container of the same name', target('Service'), other({ containers: [{ name: 'web' }] })],
  ['a selector of other pods', target('Pod', { app: 'api' }), other({ selector: { app: 'web' } })],
  ['an empty selector', target('Pod', { app: 'web' }), other({ selector: {} })],
])('%s does not', (_, referred, object) => {
  expect(referenceTo(referred, object)).toBeUndefined();
});

test.each([
  ['250m', 0.25],
  ['12345n', 0.000012345],
  ['1Ki', 1024],
  ['1.5Gi', 1.5 * 2 ** 30],
  ['2e3', 2000],
  ['3', 3],
  ['12 parsecs', undefined],
  ['', undefined],
])('the quantity %s is %s', (text, value) => {
  if (value === undefined) expect(quantity(text)).toBeUndefined();
  else expect(quantity(text)).toBeCloseTo(value, 9);
});
