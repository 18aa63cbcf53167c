import { metaOf } from '../../domain/cluster-objects/api-object.ts';
import { contentOf, differences, type Difference } from '../../domain/cluster-objects/differences.ts';
import type { Manager } from '../../domain/cluster-objects/managing-tool.ts';
import type { CommandContext } from '../../commands/command.ts';
import { planDigest } from '../../commands/objects/carried-plan.ts';
import { each } from './each.ts';
import type { HelmDraft } from './action.ts';
import { keyOf, pairsOf, tried, type ObjectPlan } from './object-plan.ts';
import { requireOwn } from './ownership.ts';
import { hookPlaces, requireRights } from './rights-of-plan.ts';

export interface HelmPlan {
  readonly draft: HelmDraft;
  readonly objects: readonly ObjectPlan[];
  readonly values: readonly Difference[];
  readonly managers: readonly Manager[];
  /** It stands for the request, the release, what the chart renders, and the objects as they were read. */
  readonly digest: string;
}

/**
 * What a change of a release would do, without doing it. First the rights, then the owners, then the dry runs. Errors:
 * FORBIDDEN, OWNED_BY_OTHER, ALREADY_EXISTS, MANIFEST_REFUSED, and those of the ports.
 */
export async function planned(context: CommandContext, request: object, draft: HelmDraft): Promise<HelmPlan> {
  const pairs = await pairsOf(context, draft);
  await requireRights(context, draft, pairs, await hookPlaces(context, draft));
  await requireOwn(context, draft, pairs);
  const objects = await each(pairs, (pair) => tried(context, draft, pair));
  return {
    draft,
    objects,
    values: draft.to ? differences({ ...draft.from?.values }, { ...draft.to.values }) : [],
    managers: managersOf(objects),
    digest: digestOf(request, draft, objects),
  };
}

/** One entry for each manager, whatever number of objects it has. */
function managersOf(objects: readonly ObjectPlan[]): readonly Manager[] {
  const all = objects.filter(({ what }) => what !== 'nothing').flatMap(({ managers }) => managers);
  return [...new Map(all.map((one) => [`${one.tool} ${one.what}`, one])).values()];
}

/**
 * Of an object that is as Helm wrote it, only its identity counts: controllers write other fields all the time. What
 * differs at each rendering does not count either, or no plan could be carried out.
 */
function digestOf(request: object, { at, record, shape }: HelmDraft, objects: readonly ObjectPlan[]): string {
  const release = record && [record.uid, record.revision, record.status];
  const live = objects.map(({ place, live: object, drift, what }) => [
    keyOf(place),
    what === 'untried' ? what : undefined,
    object && metaOf(object).uid,
    object && drift.length > 0 ? contentOf(object) : undefined,
  ]);
  return planDigest({ request, at, release, shape, live });
}
