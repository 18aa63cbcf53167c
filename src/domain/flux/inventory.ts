import { recordsAt, textAt, type ApiObject } from '../cluster-objects/api-object.ts';

/** An object that a Kustomization or a HelmRelease has applied. */
export interface InventoryEntry {
  /** Empty for objects without a namespace. */
  readonly namespace: string;
  readonly name: string;
  readonly group: string;
  readonly kind: string;
  readonly version: string;
}

/** Undefined if the status has no inventory: nothing was applied yet, or the kind keeps none. */
export function inventoryOf(object: ApiObject): readonly InventoryEntry[] | undefined {
  const status = object['status'];
  if (typeof status !== 'object' || status === null || !('inventory' in status)) return undefined;
  return recordsAt(object, 'status', 'inventory', 'entries').flatMap((one) => entryOf(one) ?? []);
}

/**
 * An entry is `<namespace>_<name>_<group>_<kind>`. Colons of a role's name are written as two underscores. Source:
 * ParseObjMetadata of github.com/fluxcd/cli-utils.
 */
function entryOf(entry: Readonly<Record<string, unknown>>): InventoryEntry | undefined {
  const parts = /^([^_]*)_(.+)_([^_]*)_([^_]+)$/.exec(textAt(entry, 'id') ?? '');
  if (!parts) return undefined;
  const [, namespace = '', name = '', group = '', kind = ''] = parts;
  return { namespace, name: name.replaceAll('__', ':'), group, kind, version: textAt(entry, 'v') ?? '' };
}

export function isIn(
  inventory: readonly InventoryEntry[],
  asked: Pick<InventoryEntry, 'namespace' | 'name' | 'group' | 'kind'>,
): boolean {
  return inventory.some(
    ({ namespace, name, group, kind }) =>
      namespace === asked.namespace && name === asked.name && group === asked.group && kind === asked.kind,
  );
}
