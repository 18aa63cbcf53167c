import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { requestId } from '../../../src/contract/target.ts';
import { originText, templateSource, updateCaller, updateRequest } from '../../../src/domain/updates/origin.ts';

const TEMPLATE = { 'f:spec': { 'f:template': { 'f:spec': {} } } };
const entry = (manager: string, time: string, fieldsV1: object = TEMPLATE) => ({ manager, time, fieldsV1 });
const rollout = (managedFields: readonly object[], more: object = {}) => ({ metadata: { ...more, managedFields } });
const TARGET = { cluster: 'prod', namespace: 'shop', rollout: 'web' };

test('the newest writer of the template counts, and not one of other fields', () => {
  const object = rollout([
    entry('helm', '2026-11-01T10:00:00Z'),
    entry('kubectl-set', '2026-11-02T10:00:00Z'),
    entry('kube-controller-manager', '2026-11-03T10:00:00Z', { 'f:spec': { 'f:replicas': {} } }),
    entry('rollouts-controller', '2026-11-03T10:00:00Z'),
  ]);
  expect(templateSource(object)).toEqual({
    writer: { manager: 'kubectl-set', at: '2026-11-02T10:00:00Z' },
    tools: [],
  });
});

test('the tools are those that labels and annotations name', () => {
  const labels = { 'kustomize.toolkit.fluxcd.io/name': 'apps', 'kustomize.toolkit.fluxcd.io/namespace': 'flux-system' };
  const annotations = { 'argocd.argoproj.io/tracking-id': 'shop:argoproj.io/Rollout:shop/web' };
  const ownerReferences = [{ apiVersion: 'v1', kind: 'Shop', name: 'web', uid: 'u', controller: true }];
  const { tools, writer } = templateSource(rollout([], { labels, annotations, ownerReferences }));
  expect(tools).toEqual(['Flux Kustomization flux-system/apps', 'Argo CD Application shop']);
  expect(writer).toBeUndefined();
});

test.each([
  ['no managedFields', {}],
  ['no metadata', { metadata: null }],
  ['entries that are none', rollout([{ manager: 3, fieldsV1: TEMPLATE }, {}, { fieldsV1: 'x' }])],
])('%s: the writer is unknown', (_name, object) => {
  expect(templateSource(object).writer).toBeUndefined();
});

test('the words say that the name is a claim, and control characters do not get through', () => {
  const source = templateSource(rollout([entry('ada\u001b[31m\u202e', '2026-11-02T10:00:00Z')]));
  expect(originText({ uid: 'u', revision: 7, podHash: 'bbb', ...source })).toBe(
    'an update of the Rollout to its revision 7, last written by the field manager ada[31m at 2026-11-02T10:00:00Z (managedFields; the name is not proved)',
  );
});

test('the caller is a machine, and only its name and id have what the writer claims', () => {
  expect(updateCaller(TARGET, { writer: { manager: 'os#ada' }, tools: [] })).toEqual({
    id: 'update:os#ada',
    kind: 'worker',
    identity: { kind: 'machine', issuer: 'update', subject: 'shop/web', name: 'update of shop/web by os#ada' },
  });
});

test('different updates have different request ids, and each is a good one', () => {
  const part = fc.record({
    uid: fc.uuid(),
    revision: fc.nat(),
    podHash: fc.stringMatching(/^[a-z0-9]{1,10}$/),
  });
  fc.assert(
    fc.property(part, part, (a, b) => {
      expect(requestId.safeParse(updateRequest(a)).success).toBe(true);
      const same = a.uid === b.uid && a.revision === b.revision && a.podHash === b.podHash;
      expect(updateRequest(a) === updateRequest(b)).toBe(same);
    }),
  );
});
