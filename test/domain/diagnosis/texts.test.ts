import { expect, test } from '@jest/globals';
import type { ApiObject } from '../../../src/domain/cluster-objects/api-object.ts';
import { examine, type Diagnosis } from '../../../src/domain/diagnosis/examine.ts';
import { isFluxKind } from '../../../src/domain/diagnosis/kinds.ts';
import { Facts, keyOf, type Answer } from '../../../src/domain/diagnosis/facts.ts';

const NONE: Answer = { items: [] };

/** The diagnosis of one object in a cluster that has nothing else than what is known already. */
function diagnosed(object: ApiObject, known = new Map<string, Answer>()): Diagnosis {
  for (;;) {
    const facts = new Facts(known, Date.parse('2026-11-29T12:00:00Z'));
    const found = examine({ object }, facts);
    if (facts.wanted.length === 0) return found;
    for (const want of facts.wanted) known.set(keyOf(want), NONE);
  }
}

const causes = (object: ApiObject): readonly string[] => diagnosed(object).causes.map(({ rule }) => rule);
const metadata = { name: 'web', namespace: 'shop', generation: 1 };
const pod = (status: object): ApiObject => ({ apiVersion: 'v1', kind: 'Pod', metadata, spec: {}, status });
const waits = (reason: string, message: string) =>
  pod({ containerStatuses: [{ name: 'app', state: { waiting: { reason, message } } }] });
const unscheduled = (message: string) =>
  pod({ conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }] });
const flux = (kind: string, group: string, reason: string, message: string): ApiObject => ({
  apiVersion: `${group}.toolkit.fluxcd.io/v1`,
  kind,
  metadata,
  spec: {},
  status: { observedGeneration: 1, conditions: [{ type: 'Ready', status: 'False', reason, message }] },
});

test.each([
  [
    'ErrImagePull',
    'failed to do request: Head "https://registry.local/v2/": tls: failed to verify certificate: x509: certificate signed by unknown authority',
    'image-registry-tls',
  ],
  ['ErrImagePull', 'http: server gave HTTP response to HTTPS client', 'image-registry-tls'],
  ['ErrImageNeverPull', 'Container image "web:v1" is not present with pull policy of Never', 'image-never-pulled'],
  ['InvalidImageName', 'Failed to apply default image tag "Web:": couldn\'t parse image name', 'image-name-invalid'],
  ['ImagePullBackOff', 'Back-off pulling image "web:v1"', 'image-pull'],
  ['CreateContainerError', 'context deadline exceeded', 'container-cannot-start'],
])('a container that waits with %s: %s', (reason, message, cause) => {
  expect(causes(waits(reason, message))).toEqual([cause]);
});

test.each([
  ["0/2 nodes are available: 2 node(s) didn't have free ports for the requested pod ports.", 'unschedulable-ports'],
  ["0/6 nodes are available: 6 node(s) didn't match pod topology spread constraints.", 'unschedulable-spread'],
  ['0/1 nodes are available: 1 node(s) were unschedulable.', 'node-cordoned'],
  ['no nodes available to schedule pods', 'no-nodes'],
  ['0/4 nodes are available: 4 node(s) exceed max volume count.', 'unschedulable'],
  ['0/3 nodes are available: pod has unbound immediate PersistentVolumeClaims.', 'claim-unbound'],
])('the scheduler says: %s', (message, cause) => {
  expect(causes(unscheduled(message))).toEqual([cause]);
});

test.each([
  [
    'GitRepository',
    'source',
    "failed to checkout and determine revision: unable to clone 'ssh://git@github.com/x/y': ssh: handshake failed: knownhosts: key mismatch",
    'source-host-key',
  ],
  ['GitRepository', 'source', 'unable to clone: x509: certificate signed by unknown authority', 'source-tls'],
  [
    'HelmChart',
    'source',
    "invalid chart reference: failed to get chart version for remote reference: no 'web' chart with version matching '9.x' found",
    'chart-missing',
  ],
  [
    'OCIRepository',
    'source',
    "failed to verify the signature using provider 'cosign': no matching signatures were found",
    'source-verification',
  ],
  ['Bucket', 'source', 'something that nobody has seen before', 'source-failed'],
  ['Kustomization', 'kustomize', "decryption failed for 'apps/v1/Secret': cannot get sops data key", 'flux-decryption'],
  [
    'Kustomization',
    'kustomize',
    'failed to download archive: GET http://source-controller/x.tar.gz giving up after 10 attempt(s)',
    'artifact-unavailable',
  ],
  [
    'Kustomization',
    'kustomize',
    'deployments.apps is forbidden: User "system:serviceaccount:shop:flux" cannot create resource "deployments"',
    'flux-forbidden',
  ],
  ['Kustomization', 'kustomize', 'something that nobody has seen before', 'kustomization-failed'],
  [
    'HelmRelease',
    'helm',
    'Unable to continue with install: Service "web" in namespace "shop" exists and cannot be imported into the current release: invalid ownership metadata',
    'helm-object-owned',
  ],
  [
    'HelmRelease',
    'helm',
    "values don't meet the specifications of the schema(s) in the following chart(s)",
    'helm-values-invalid',
  ],
  ['HelmRelease', 'helm', 'something that nobody has seen before', 'helm-action-failed'],
])('a %s of %s says: %s', (kind, group, message, cause) => {
  expect(causes(flux(kind, group, 'Failed', message))).toEqual([cause]);
});

test('an object that Flux has not told anything about is not a fault', () => {
  expect(
    diagnosed({ kind: 'Kustomization', apiVersion: 'kustomize.toolkit.fluxcd.io/v1', metadata, spec: {} }),
  ).toMatchObject({ verdict: 'no-fault', causes: [] });
});

test('the Services of a Rollout are looked at, although Argo adds the label of a version to their selectors', () => {
  const labels = { app: 'web' };
  const rollout: ApiObject = {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata,
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels } } },
    status: { phase: 'Healthy', observedGeneration: '1' },
  };
  const service: ApiObject = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'web', namespace: 'shop' },
    spec: { selector: { ...labels, 'rollouts-pod-template-hash': 'abc' } },
  };
  const services = keyOf({ what: 'list', kind: 'Service', group: '', namespace: 'shop' });

  expect(diagnosed(rollout, new Map([[services, { items: [service] }]])).lookedAt).toContain('1 Service');
});

test('a kind of Flux is known by its group', () => {
  expect(isFluxKind('Kustomization.kustomize.toolkit.fluxcd.io')).toBe(true);
  expect(isFluxKind('ArtifactGenerator.source.extensions.fluxcd.io')).toBe(true);
  expect(isFluxKind('Kustomization.kustomize.config.k8s.io')).toBe(false);
  expect(isFluxKind('Pod.v1')).toBe(false);
});

test('an autoscaler without a target is described without words that mean nothing', () => {
  const status = (message: string) => ({
    conditions: [{ type: 'AbleToScale', status: 'False', reason: 'FailedGetScale', message }],
  });
  const autoscaler = (spec: object): ApiObject => ({
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata,
    spec,
    status: status('deployments.apps "web" not found'),
  });
  const whole = diagnosed(autoscaler({ scaleTargetRef: { kind: 'Deployment', name: 'web' } }));
  expect(JSON.stringify(whole)).toContain('Deployment web');
  const broken = diagnosed(autoscaler({ scaleTargetRef: { kind: 'Deployment' } }));
  expect([JSON.stringify(broken).includes('undefined'), broken.causes.map(({ rule }) => rule)]).toEqual([
    false,
    ['autoscaler-target-missing'],
  ]);
  expect(JSON.stringify(diagnosed(autoscaler({})))).not.toContain('undefined');
});
