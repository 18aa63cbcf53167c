import { parseAddress } from '../commands/address.ts';
import type { ResourceKind } from '../commands/resource.ts';

export interface Found {
  readonly kind: ResourceKind;
  readonly parts: readonly string[];
}

/** The kind of resource that an address belongs to. Undefined: no resource can have the address. */
export function findKind(kinds: readonly ResourceKind[], uri: string): Found | undefined {
  const address = parseAddress(uri);
  const kind = kinds.find(({ scheme }) => scheme === address?.scheme);
  if (!kind || address?.parts.length !== kind.variables.length || address.parts.includes('')) return undefined;
  return { kind, parts: address.parts };
}
