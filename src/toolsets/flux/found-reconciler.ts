import { metaOf, type ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { refOf } from '../../domain/cluster-objects/object-ref.ts';
import { inventoryOf, isIn } from '../../domain/flux/inventory.ts';
import { labelledReconciler, type Reconciler } from '../../domain/flux/managed-by.ts';
import type { ObjectAt } from '../../ports/cluster-objects.ts';
import type { CommandContext } from '../../commands/command.ts';
import { ownerChain } from '../../commands/objects/owner-chain.ts';
import { fluxObjects, readReference } from './read-objects.ts';

export interface FoundReconciler extends Partial<Reconciler> {
  /** The object that Flux has applied: the asked one, or one of its owners. Undefined if none is found. */
  readonly applied?: ApiObject;
  readonly reconciler?: ApiObject;
  /** How it was found, or why nothing was, as a sentence. */
  readonly how: string;
  /** What could not be searched. */
  readonly notRead: readonly string[];
}

/** The Kustomization or HelmRelease that has applied an object or one of its owners. */
export async function foundReconciler(
  context: CommandContext,
  at: ObjectAt,
  object: ApiObject,
): Promise<FoundReconciler> {
  const owners = await ownerChain(context, at, object);
  const line: readonly ApiObject[] = [object, ...owners.flatMap(({ object: owner }) => (owner ? [owner] : []))];
  for (const applied of line) {
    const labelled = labelledReconciler(applied);
    if (labelled) return { applied, notRead: [], ...(await labelledBy(context, at.cluster, applied, labelled)) };
  }
  return byInventory(context, at.cluster, line);
}

async function labelledBy(
  context: CommandContext,
  cluster: string,
  applied: ApiObject,
  labelled: Reconciler,
): Promise<Omit<FoundReconciler, 'notRead'>> {
  const { object: reconciler, problem } = await readReference(context, cluster, labelled);
  if (!reconciler) return { ...labelled, how: `Its labels name it. It could not be read: ${problem ?? ''}` };
  const inventory = inventoryOf(reconciler);
  const agreed =
    inventory === undefined
      ? 'Its labels name it, which has no inventory yet.'
      : isIn(inventory, identity(applied))
        ? 'Its labels name it, and the inventory lists the object.'
        : 'Its labels name it, but the inventory does not list the object: it may be a leftover, or labelled by somebody else.';
  return { ...labelled, reconciler, how: agreed };
}

/** HelmReleases of older versions keep no inventory, and post-renderers can remove labels. */
async function byInventory(
  context: CommandContext,
  cluster: string,
  line: readonly ApiObject[],
): Promise<FoundReconciler> {
  const { objects, notRead } = await fluxObjects(context, { cluster });
  for (const applied of line)
    for (const reconciler of objects)
      if (isIn(inventoryOf(reconciler) ?? [], identity(applied)))
        return {
          applied,
          reconciler,
          ...referenceOf(reconciler),
          how: 'Its inventory lists the object, which has no labels of Flux.',
          notRead,
        };
  return { how: 'It has no labels of Flux, and no inventory that was read lists it or its owners.', notRead };
}

function referenceOf(reconciler: ApiObject): Reconciler {
  const { namespace = '', name } = metaOf(reconciler);
  return { kind: reconciler['kind'] === 'HelmRelease' ? 'HelmRelease' : 'Kustomization', namespace, name };
}

function identity(object: ApiObject) {
  const { namespace = '', ...ref } = refOf(object);
  return { ...ref, namespace };
}
