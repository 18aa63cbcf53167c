import type { ApiObject } from '../cluster-objects/api-object.ts';
import { inventoryOf } from '../flux/inventory.ts';
import { labelledReconciler } from '../flux/managed-by.ts';
import { chartOf, referencesOf, sourceOf, type FluxReference } from '../flux/references.ts';
import { type ObjectRef, groupOf } from '../cluster-objects/object-ref.ts';
import { groupOfKind } from './kinds.ts';

/** The source that an object of Flux takes from: for a HelmRelease its chart, and for the chart its repository. */
export function sourceRefOf(object: ApiObject): ObjectRef | undefined {
  const reference = chartOf(object) ?? sourceOf(object);
  return reference && refTo(reference, groupOfKind(reference.kind) || SOURCE_GROUP);
}

/** Kinds of sources that newer versions of Flux add are in the same group. */
const SOURCE_GROUP = 'source.toolkit.fluxcd.io';

function refTo(
  { kind, namespace, name }: Pick<FluxReference, 'kind' | 'namespace' | 'name'>,
  group: string,
): ObjectRef {
  return { kind, group, name, ...(namespace ? { namespace } : {}) };
}

/** What has to be ready before. Objects depend on others of their own kind. */
export function dependenciesOf(object: ApiObject): readonly ObjectRef[] {
  return referencesOf(object)
    .filter(({ as }) => as === 'dependency')
    .map((reference) => refTo(reference, groupOf(object)));
}

/** The Kustomization or HelmRelease that applies an object, according to its labels. */
export function fluxManagersOf(object: ApiObject): readonly ObjectRef[] {
  const reconciler = labelledReconciler(object);
  return reconciler ? [refTo(reconciler, groupOfKind(reconciler.kind))] : [];
}

/** What a Kustomization or HelmRelease has applied. */
export function appliedBy(object: ApiObject): readonly ObjectRef[] {
  return (inventoryOf(object) ?? []).map((entry) => refTo(entry, entry.group));
}
