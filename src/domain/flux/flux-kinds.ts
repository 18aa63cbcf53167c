import type { ApiKind } from '../cluster-objects/api-kind.ts';

/** The part of Flux to which a kind belongs. `other`: a kind of Flux that these tools know by its group only. */
export type FluxPart = 'source' | 'kustomize' | 'helm' | 'notification' | 'image' | 'other';

const PARTS: Readonly<Record<string, FluxPart>> = {
  'source.toolkit.fluxcd.io': 'source',
  'kustomize.toolkit.fluxcd.io': 'kustomize',
  'helm.toolkit.fluxcd.io': 'helm',
  'notification.toolkit.fluxcd.io': 'notification',
  'image.toolkit.fluxcd.io': 'image',
};
const GROUP = /(^|\.)(toolkit|extensions)\.fluxcd\.io$/;

/** The kinds of Flux that a cluster serves, each in its preferred version, in the order of the pipeline. */
export function fluxKinds(kinds: readonly ApiKind[]): readonly ApiKind[] {
  const order = Object.values(PARTS);
  return kinds
    .filter(
      ({ group, preferred, verbs, namespaced }) =>
        GROUP.test(group) && preferred && namespaced && verbs.includes('list'),
    )
    .toSorted((a, b) => place(order, a) - place(order, b) || a.kind.localeCompare(b.kind));
}

export function isFlux({ group }: Pick<ApiKind, 'group'>): boolean {
  return GROUP.test(group);
}

export function partOf({ group }: Pick<ApiKind, 'group'>): FluxPart {
  return PARTS[group] ?? 'other';
}

function place(order: readonly FluxPart[], kind: ApiKind): number {
  const index = order.indexOf(partOf(kind));
  return index < 0 ? order.length : index;
}
