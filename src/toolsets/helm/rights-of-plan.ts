import type { ApiKind } from '../../domain/cluster-objects/api-kind.ts';
import type { ObjectAt } from '../../ports/cluster-objects.ts';
import type { CommandContext } from '../../commands/command.ts';
import { kindIn, requireOutsideNamespaces } from '../../commands/objects/located.ts';
import { requireRight, type NeededRight } from '../../commands/objects/required-right.ts';
import { each } from './each.ts';
import type { HelmDraft } from './action.ts';
import { locatedObject } from './located-objects.ts';
import type { ObjectPair } from './object-plan.ts';
import { renderedObjects } from './rendered.ts';

const CORE = { group: '' } as const;

/** Where the objects of the hooks will be. Errors: as `locatedObject`, NAMESPACE_NOT_ALLOWED among them. */
export async function hookPlaces(context: CommandContext, { at, hooks }: HelmDraft): Promise<readonly ObjectAt[]> {
  const objects = hooks.flatMap(({ manifest }) => renderedObjects(manifest));
  const places = await each(objects, (object) => locatedObject(context, at, object));
  return places.flatMap((place) => place.at ?? []);
}

/**
 * Whether the account may do all of it: Helm would notice only in the middle. Errors: FORBIDDEN, and
 * NAMESPACE_NOT_ALLOWED for CRDs.
 */
export async function requireRights(
  context: CommandContext,
  draft: HelmDraft,
  pairs: readonly ObjectPair[],
  hooks: readonly ObjectAt[],
): Promise<void> {
  const needed = [
    ...ofRelease(draft),
    ...pairs.flatMap(ofObject),
    ...hooks.flatMap((hook) => rightsFor(hook, ['create', 'delete'])),
    ...(await ofCrds(context, draft)),
  ];
  const distinct = new Map(needed.map((right) => [keyOf(right), right]));
  // One after the other, so that the same right is named each time.
  for (const right of distinct.values()) await requireRight(context, right);
}

function ofRelease({ at: { cluster, namespace }, verbs, newNamespace }: HelmDraft): readonly NeededRight[] {
  return [
    ...verbs.map((verb) => ({ cluster, kind: { ...CORE, plural: 'secrets' }, namespace, verb })),
    ...(newNamespace ? [{ cluster, kind: { ...CORE, plural: 'namespaces' }, verb: 'create' }] : []),
  ];
}

function ofObject({ place, wanted, live }: ObjectPair): readonly NeededRight[] {
  if (!place.at) return [];
  if (wanted) return rightsFor(place.at, live ? ['patch'] : ['create', 'patch']);
  return live ? rightsFor(place.at, ['delete']) : [];
}

/** Only an installation creates the CRDs of a chart. */
async function ofCrds(context: CommandContext, { at, from, crds }: HelmDraft): Promise<readonly NeededRight[]> {
  if (from || crds.length === 0) return [];
  const kind = await kindIn(context, at.cluster, 'customresourcedefinitions.apiextensions.k8s.io');
  requireOutsideNamespaces(kind, undefined, context.settings);
  return [{ cluster: at.cluster, kind, verb: 'create' }];
}

function rightsFor({ cluster, kind, namespace }: ObjectAt, verbs: readonly string[]): readonly NeededRight[] {
  return verbs.map((verb) => ({ cluster, kind, namespace, verb }));
}

function keyOf({ kind, namespace, verb }: NeededRight & { readonly kind: Pick<ApiKind, 'group' | 'plural'> }): string {
  return [kind.group, kind.plural, namespace, verb].join(' ');
}
