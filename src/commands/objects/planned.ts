import { metaOf } from '../../domain/cluster-objects/api-object.ts';
import { contentOf, differences } from '../../domain/cluster-objects/differences.ts';
import { managersOf } from '../../domain/cluster-objects/managing-tool.ts';
import { fullName } from '../../domain/cluster-objects/api-kind.ts';
import type { ApiObject } from '../../domain/cluster-objects/api-object.ts';
import type { ObjectWrite } from '../../ports/cluster-objects.ts';
import type { CommandContext } from '../command.ts';
import { planDigest } from './carried-plan.ts';
import type { Draft, PlannedChange } from './draft.ts';
import { refuseReleases } from './release-guard.ts';
import { requireRight } from './required-right.ts';

export interface Plan {
  readonly changes: readonly PlannedChange[];
  /** It stands for the request and for the objects as they were read. */
  readonly digest: string;
}

/**
 * What a write would do, without doing it. First the right, then the owner, then the dry run. Errors: FORBIDDEN with
 * the missing right, OWNED_BY_OTHER for what a release owns, and those of the port.
 */
export async function planned(context: CommandContext, request: object, drafts: readonly Draft[]): Promise<Plan> {
  const changes: PlannedChange[] = [];
  for (const draft of drafts) await requireRights(context, draft);
  for (const draft of drafts) await refuseReleases(context, draft);
  for (const draft of drafts) changes.push(await tried(context, draft));
  return { changes, digest: digestOf(request, drafts) };
}

async function tried({ ports }: CommandContext, draft: Draft): Promise<PlannedChange> {
  const { at, before, write } = draft;
  const wanted = await ports.clusterObjects.write(at, before, write, true);
  const managers = managersOf(before ?? wanted ?? {}).map((one) => (draft.stays ? { ...one, reverts: false } : one));
  return { ...draft, wanted, changes: differences(before, wanted), managers };
}

/** Errors: FORBIDDEN. */
async function requireRights(context: CommandContext, { at, before, write }: Draft): Promise<void> {
  const { cluster, kind, namespace } = at;
  for (const right of rightsOf(write, before)) await requireRight(context, { cluster, kind, namespace, ...right });
}

function rightsOf(
  { how }: ObjectWrite,
  before: ApiObject | undefined,
): readonly { readonly verb: string; readonly subresource?: string }[] {
  if (how === 'delete') return [{ verb: 'delete' }];
  if (how === 'evict') return [{ verb: 'create', subresource: 'eviction' }];
  return before ? [{ verb: 'patch' }] : [{ verb: 'create' }, { verb: 'patch' }];
}

/** The status and the version are not part of it: they change all the time, and no plan depends on them. */
function digestOf(request: object, drafts: readonly Draft[]): string {
  const objects = drafts.map(({ at: { cluster, kind, namespace, name }, before }) => ({
    place: [cluster, fullName(kind), kind.version, namespace, name],
    uid: before && metaOf(before).uid,
    content: before && contentOf(before),
  }));
  return planDigest({ request, objects });
}
