import { metaOf, recordAt, type ApiObject } from '../../src/domain/cluster-objects/api-object.ts';
import { REQUESTED_AT } from '../../src/domain/flux/request.ts';
import type { FakeCluster, StoredObject } from './fake-cluster.ts';
import { refOf } from './kubernetes-stage.ts';

export const COMMIT = '0f2c8a1d5b7e4c3f9a6d8e1b2c4f7a9d0e3b5c6a';

/** A condition as Flux's controllers write it. */
export const condition = (type: string, status: string, reason: string, message: string, generation = 1) => ({
  type,
  status,
  reason,
  message,
  observedGeneration: generation,
  lastTransitionTime: '2026-11-28T10:00:00Z',
});

/** An object of Flux that is ready, in the form of the real controllers (test/tools/flux.test.ts). */
export function addFlux(
  cluster: FakeCluster,
  plural: string,
  namespace: string,
  name: string,
  { spec = {}, status = {}, ...meta }: { spec?: object; status?: object; labels?: object; annotations?: object } = {},
): void {
  const ref = refOf(plural, namespace, name);
  const ready = condition('Ready', 'True', 'ReconciliationSucceeded', 'done');
  cluster.create(ref, { spec, status: { observedGeneration: 1, conditions: [ready], ...status } });
  cluster.update(ref, ({ metadata }) => void Object.assign(metadata, meta));
}

/** A source and a Kustomization `apps`, which has applied Deployment `shop` and ConfigMap `settings`. */
export function addPipeline(cluster: FakeCluster, namespace = 'shop'): void {
  const revision = `main@sha1:${COMMIT}`;
  addFlux(cluster, 'gitrepositories', namespace, 'apps', {
    spec: { url: 'https://git.example.com/apps.git', ref: { branch: 'main' }, interval: '1h' },
    status: { artifact: { revision, lastUpdateTime: '2026-11-28T09:59:00Z' } },
  });
  addFlux(cluster, 'kustomizations', namespace, 'apps', {
    spec: { path: './', interval: '1h', sourceRef: { kind: 'GitRepository', name: 'apps' } },
    status: {
      lastAppliedRevision: revision,
      lastAttemptedRevision: revision,
      inventory: {
        entries: [
          { id: `${namespace}_shop_apps_Deployment`, v: 'v1' },
          { id: `${namespace}_settings__ConfigMap`, v: 'v1' },
        ],
      },
      history: [
        {
          digest: 'sha256:1',
          firstReconciled: '2026-11-28T10:00:00Z',
          lastReconciled: '2026-11-28T11:00:00Z',
          lastReconciledStatus: 'ReconciliationSucceeded',
          totalReconciliations: 2,
          metadata: { revision },
        },
      ],
    },
  });
}

/** Plays the controllers: they handle each request, and see each specification. `status`: what they find. */
export function playFlux(cluster: FakeCluster, status: (object: StoredObject) => object = () => ({})): void {
  cluster.onChange((ref) => {
    if (!ref.kind.group.endsWith('.toolkit.fluxcd.io')) return;
    const object = cluster.peek(ref) as unknown as ApiObject;
    const token = metaOf(object).annotations?.[REQUESTED_AT];
    const { generation = 1 } = metaOf(object);
    const seen = recordAt(object, 'status');
    if (token === undefined || (seen['lastHandledReconcileAt'] === token && seen['observedGeneration'] === generation))
      return;
    cluster.update(ref, (stored) => {
      const ready = condition('Ready', 'True', 'ReconciliationSucceeded', 'done', generation);
      Object.assign(stored.status, {
        observedGeneration: generation,
        conditions: [ready],
        lastHandledReconcileAt: token,
        ...status(stored),
      });
    });
  });
}
