import { metaOf, type ApiObject } from '../cluster-objects/api-object.ts';
import { cleanText } from '../safe-text.ts';

export interface Reconciler {
  readonly kind: 'Kustomization' | 'HelmRelease';
  readonly namespace: string;
  readonly name: string;
}

const LABELS = { kustomize: 'Kustomization', helm: 'HelmRelease' } as const;

/** What an object's labels say of who has applied it. Others can write labels too, so the inventory has to agree. */
export function labelledReconciler(object: ApiObject): Reconciler | undefined {
  const { labels = {} } = metaOf(object);
  for (const [part, kind] of Object.entries(LABELS)) {
    const name = labels[`${part}.toolkit.fluxcd.io/name`];
    const namespace = labels[`${part}.toolkit.fluxcd.io/namespace`];
    if (name !== undefined && namespace !== undefined)
      return { kind, namespace: cleanText(namespace, 253), name: cleanText(name, 253) };
  }
  return undefined;
}
