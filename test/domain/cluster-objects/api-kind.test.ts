import { expect, test } from '@jest/globals';
import { nearest } from '../../../src/contract/nearest.ts';
import { findKind, fullName, type ApiKind } from '../../../src/domain/cluster-objects/api-kind.ts';
import { SluiceError } from '../../../src/domain/errors.ts';

const kind = (group: string, version: string, name: string, more: Partial<ApiKind> = {}): ApiKind => ({
  kind: name,
  group,
  version,
  plural: `${name.toLowerCase()}s`,
  singular: name.toLowerCase(),
  shortNames: [],
  namespaced: true,
  verbs: ['get', 'list'],
  subresources: [],
  preferred: true,
  ...more,
});
const KINDS = [
  kind('', 'v1', 'Pod', { shortNames: ['po'] }),
  kind('', 'v1', 'Event'),
  kind('events.k8s.io', 'v1', 'Event'),
  kind('metrics.k8s.io', 'v1beta1', 'PodMetrics', { plural: 'pods' }),
  kind('apps', 'v1', 'Deployment', { shortNames: ['deploy'] }),
  kind('autoscaling', 'v2', 'HorizontalPodAutoscaler'),
  kind('autoscaling', 'v1', 'HorizontalPodAutoscaler', { preferred: false }),
  kind('traefik.io', 'v1alpha1', 'Middleware'),
  kind('example.com', 'v1', 'Middleware'),
];
const find = (asked: string): string => {
  const found = findKind(KINDS, asked, nearest);
  return `${fullName(found)} ${found.version}`;
};
const failure = (asked: string): SluiceError => {
  try {
    throw new Error(`${asked} was found as ${find(asked)}`);
  } catch (error) {
    if (error instanceof SluiceError) return error;
    throw error;
  }
};

test.each([
  ['pods', 'pods v1'],
  ['Pod', 'pods v1'],
  ['po', 'pods v1'],
  ['pods.v1', 'pods v1'],
  ['pods.metrics.k8s.io', 'pods.metrics.k8s.io v1beta1'],
  ['PodMetrics', 'pods.metrics.k8s.io v1beta1'],
  ['events', 'events v1'],
  ['events.events.k8s.io', 'events.events.k8s.io v1'],
  ['deploy', 'deployments.apps v1'],
  ['deployment.v1.apps', 'deployments.apps v1'],
  ['horizontalpodautoscalers', 'horizontalpodautoscalers.autoscaling v2'],
  ['horizontalpodautoscalers.v1.autoscaling', 'horizontalpodautoscalers.autoscaling v1'],
  ['middlewares.traefik.io', 'middlewares.traefik.io v1alpha1'],
])('%s is %s', (asked, found) => {
  expect(find(asked)).toBe(found);
});

test('a name that fits several groups is refused with the candidates', () => {
  expect(failure('middleware')).toMatchObject({
    code: 'KIND_AMBIGUOUS',
    details: { candidates: ['middlewares.traefik.io', 'middlewares.example.com'] },
  });
});

test.each([
  ['deploymnets', 'deployments.apps'],
  ['deployments.extensions', 'deployments.apps'],
])('the unknown kind %s is refused with %s', (asked, candidate) => {
  expect(failure(asked)).toMatchObject({ code: 'UNKNOWN_NAME', details: { candidates: [candidate] } });
});

test('nothing is suggested for a kind that is like no other', () => {
  expect(failure('xyzzyplugh').details).toEqual({ candidates: [] });
});
