import { describe, expect, test } from '@jest/globals';
import type { ApiKind } from '../../../src/domain/cluster-objects/api-kind.ts';
import type { ApiObject } from '../../../src/domain/cluster-objects/api-object.ts';
import { revisionParts } from '../../../src/domain/flux/commit.ts';
import { fluxKinds } from '../../../src/domain/flux/flux-kinds.ts';
import { fluxState } from '../../../src/domain/flux/flux-state.ts';
import { graphOf } from '../../../src/domain/flux/graph.ts';
import { graphSvg } from '../../../src/domain/flux/graph-svg.ts';
import { mermaid } from '../../../src/domain/flux/mermaid.ts';
import { inventoryOf, isIn } from '../../../src/domain/flux/inventory.ts';
import { referencesOf, sourceOf } from '../../../src/domain/flux/references.ts';

const HASH = '0f2c8a1d5b7e4c3f9a6d8e1b2c4f7a9d0e3b5c6a';

test.each([
  [`main@sha1:${HASH}`, { name: 'main', commit: HASH }],
  [`feature/a@b@sha1:${HASH}`, { name: 'feature/a@b', commit: HASH }],
  [`sha1:${HASH}`, { commit: HASH }],
  ['6.1.0@sha256:ab12', { name: '6.1.0', digest: 'sha256:ab12' }],
  ['sha256:ab12', { digest: 'sha256:ab12' }],
  ['6.1.0', { name: '6.1.0' }],
  ['', { name: '' }],
])('the revision %s', (revision, parts) => {
  expect(revisionParts(revision)).toEqual(parts);
});

describe('an inventory', () => {
  const of = (...ids: string[]) =>
    inventoryOf({ status: { inventory: { entries: ids.map((id) => ({ id, v: 'v1' })) } } });

  test.each([
    ['shop_web_apps_Deployment', { namespace: 'shop', name: 'web', group: 'apps', kind: 'Deployment' }],
    ['shop_settings__ConfigMap', { namespace: 'shop', name: 'settings', group: '', kind: 'ConfigMap' }],
    ['_shop__Namespace', { namespace: '', name: 'shop', group: '', kind: 'Namespace' }],
    [
      '_system__node_rbac.authorization.k8s.io_ClusterRole',
      { namespace: '', name: 'system:node', group: 'rbac.authorization.k8s.io', kind: 'ClusterRole' },
    ],
  ])('has %s', (id, entry) => {
    expect(of(id)).toEqual([{ ...entry, version: 'v1' }]);
    expect(isIn(of(id) ?? [], entry)).toBe(true);
    expect(isIn(of(id) ?? [], { ...entry, namespace: 'other' })).toBe(false);
  });

  test('of a status without one is not empty but absent; what is no id is left out', () => {
    expect([inventoryOf({ status: {} }), inventoryOf({})]).toEqual([undefined, undefined]);
    expect([of(), of('nonsense'), inventoryOf({ status: { inventory: null } })]).toEqual([[], [], []]);
  });
});

test('kinds of Flux are found by their group, in the order of the pipeline', () => {
  const kind = (name: string, group: string, more: Partial<ApiKind> = {}): ApiKind => ({
    kind: name,
    group,
    version: 'v1',
    plural: `${name.toLowerCase()}s`,
    singular: name.toLowerCase(),
    shortNames: [],
    namespaced: true,
    verbs: ['list'],
    subresources: [],
    preferred: true,
    ...more,
  });
  const found = fluxKinds([
    kind('Alert', 'notification.toolkit.fluxcd.io'),
    kind('Kustomization', 'kustomize.config.k8s.io'),
    kind('ArtifactGenerator', 'source.extensions.fluxcd.io'),
    kind('Kustomization', 'kustomize.toolkit.fluxcd.io'),
    kind('GitRepository', 'source.toolkit.fluxcd.io'),
    kind('GitRepository', 'source.toolkit.fluxcd.io', { version: 'v1beta2', preferred: false }),
    kind('Evil', 'toolkit.fluxcd.io.example.com'),
  ]);

  expect(found.map((one) => `${one.kind}.${one.version}.${one.group}`)).toEqual([
    'GitRepository.v1.source.toolkit.fluxcd.io',
    'Kustomization.v1.kustomize.toolkit.fluxcd.io',
    'Alert.v1.notification.toolkit.fluxcd.io',
    'ArtifactGenerator.v1.source.extensions.fluxcd.io',
  ]);
});

const ks = (name: string, spec: object): ApiObject => ({
  kind: 'Kustomization',
  metadata: { name, namespace: 'shop' },
  spec,
});

test('references have the namespace of their object unless they name one', () => {
  const object = ks('apps', {
    sourceRef: { kind: 'OCIRepository', name: 'oci', namespace: 'flux-system' },
    dependsOn: [{ name: 'infra' }, { name: 'crds', namespace: 'flux-system' }, { notAName: 1 }],
  });

  expect(referencesOf(object).map(({ kind, namespace, name, as }) => `${as} ${kind} ${namespace}/${name}`)).toEqual([
    'source OCIRepository flux-system/oci',
    'dependency Kustomization shop/infra',
    'dependency Kustomization flux-system/crds',
  ]);
  const including = { include: [{ repository: { name: 'shared' } }] };
  expect(referencesOf({ ...ks('apps', including), kind: 'GitRepository' })).toMatchObject([
    { as: 'source', kind: 'GitRepository', namespace: 'shop', name: 'shared' },
  ]);
  expect(sourceOf({ kind: 'Alert', metadata: { name: 'a' }, spec: {} })).toBeUndefined();
});

test('an alert leads to its provider and sources, but not to all objects of a kind', () => {
  const alert: ApiObject = {
    kind: 'Alert',
    metadata: { name: 'chat', namespace: 'shop' },
    spec: { providerRef: { name: 'chat' }, eventSources: [{ kind: 'Kustomization', name: '*' }] },
  };

  expect(graphOf([alert], () => true)).toMatchObject({
    nodes: [{ key: 'Alert/shop/chat' }, { key: 'Provider/shop/chat', state: 'missing' }],
    edges: [{ as: 'provider' }],
  });
});

test('the name in a reference is only text in a drawing', () => {
  const graph = graphOf([ks('apps', { dependsOn: [{ name: 'x"] --> n0<b>' }] })], () => true);

  expect(mermaid(graph)).toContain('n1["Kustomization shop/x?? --? n0?b?<br/>missing"]');
  expect(graphSvg(graph)).not.toContain('<b>');
});

test('every cycle is found once, also one of an object with itself, and drawing ends', () => {
  const depends = (name: string, ...on: string[]) => ks(name, { dependsOn: on.map((one) => ({ name: one })) });
  const graph = graphOf(
    [depends('a', 'b'), depends('b', 'c'), depends('c', 'a'), depends('d', 'd'), depends('e', 'a')],
    () => true,
  );

  expect(graph.cycles.map((cycle) => cycle.map((key) => key.split('/')[2]).join())).toEqual(['a,b,c,a', 'd,d']);
  expect(graphSvg(graph).match(/<rect /g)).toHaveLength(5);
});

test('an object without a status has no state, and one that is only begun is in progress', () => {
  const state = (status: object) => fluxState({ metadata: { name: 'x', generation: 2 }, status }).readiness;
  const ready = (status: string, observedGeneration?: number) => ({
    conditions: [{ type: 'Ready', status, ...(observedGeneration === undefined ? {} : { observedGeneration }) }],
  });

  expect(state({ observedGeneration: -1 })).toBe('none');
  expect(state({ observedGeneration: 1, ...ready('True', 1) })).toBe('in progress');
  // The conditions are written before the artifact and the observed generation.
  expect(state({ observedGeneration: 1, ...ready('True', 2) })).toBe('in progress');
  expect(state({ observedGeneration: 1, ...ready('False', 2) })).toBe('not ready');
  expect(state({ observedGeneration: 2, ...ready('Unknown', 2) })).toBe('in progress');
  expect(state(ready('True'))).toBe('ready');
});
