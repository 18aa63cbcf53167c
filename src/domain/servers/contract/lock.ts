import { canonical } from './canonical.ts';

export const ITEM_KINDS = ['tool', 'prompt', 'resource', 'template'] as const;
export type ItemKind = (typeof ITEM_KINDS)[number];
export type Json = Readonly<Record<string, unknown>>;

/** What a version offers to its callers, as it was read from the running server. */
export interface Contract {
  /** Protocol eras that it speaks, as in `2025` and `2026`. */
  readonly eras: readonly string[];
  readonly capabilities: Json;
  readonly instructions?: string;
  readonly tools: readonly Json[];
  readonly prompts: readonly Json[];
  readonly resources: readonly Json[];
  readonly templates: readonly Json[];
}

/** One thing with a name. `hash`: of the definition in canonical JSON. */
export interface LockItem {
  readonly kind: ItemKind;
  readonly name: string;
  readonly hash: string;
  readonly definition: Json;
}

/** The contract of a version in a form that can be compared: sorted, with a hash of each item and of all. */
export interface ContractLock {
  readonly schema: 1;
  readonly server: string;
  readonly version: string;
  readonly eras: readonly string[];
  readonly capabilities: Json;
  readonly instructions?: string;
  readonly items: readonly LockItem[];
  readonly hash: string;
}

/** The field that names an item of each kind. */
const NAMED_BY: Readonly<Record<ItemKind, string>> = {
  tool: 'name',
  prompt: 'name',
  resource: 'uri',
  template: 'uriTemplate',
};

/**
 * `sha256`: text to hexadecimal digits. The order of the server's lists does not count. Throws TypeError for an item
 * without a name, and for two of one name.
 */
export function lockOf(
  { server, version }: { readonly server: string; readonly version: string },
  contract: Contract,
  sha256: (text: string) => string,
): ContractLock {
  const { tools, prompts, resources, templates, capabilities, instructions } = contract;
  const items = [
    ...itemsOf('tool', tools, sha256),
    ...itemsOf('prompt', prompts, sha256),
    ...itemsOf('resource', resources, sha256),
    ...itemsOf('template', templates, sha256),
  ];
  const content = {
    eras: contract.eras.toSorted(),
    capabilities,
    ...(instructions === undefined ? {} : { instructions }),
    items,
  };
  const hashed = { ...content, items: items.map(({ kind, name, hash }) => ({ kind, name, hash })) };
  return { schema: 1, server, version, ...content, hash: sha256(canonical(hashed)) };
}

function itemsOf(kind: ItemKind, definitions: readonly Json[], sha256: (text: string) => string): readonly LockItem[] {
  const items = definitions.map((definition) => {
    const name = definition[NAMED_BY[kind]];
    if (typeof name !== 'string') throw new TypeError(`A ${kind} has no ${NAMED_BY[kind]}.`);
    return { kind, name, hash: sha256(canonical(definition)), definition };
  });
  const sorted = items.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const twice = sorted.find(({ name }, index) => sorted[index - 1]?.name === name);
  if (twice) throw new TypeError(`Two of kind ${kind} have the name ${twice.name}.`);
  return sorted;
}
