import type { InventoryEntry } from '../../domain/flux/inventory.ts';

/** "Deployment.apps shop/web", and without a namespace "Namespace shop". */
export function entryText({ namespace, name, group, kind }: InventoryEntry): string {
  return `${kind}${group === '' ? '' : `.${group}`} ${namespace === '' ? '' : `${namespace}/`}${name}`;
}
