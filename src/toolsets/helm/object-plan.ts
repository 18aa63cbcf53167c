import { fullName } from '../../domain/cluster-objects/api-kind.ts';
import type { ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { differences, sorted, type Difference } from '../../domain/cluster-objects/differences.ts';
import { managersOf, type Manager } from '../../domain/cluster-objects/managing-tool.ts';
import { SluiceError } from '../../domain/errors.ts';
import { releaseText } from '../../domain/helm/release.ts';
import type { ObjectAt } from '../../ports/cluster-objects.ts';
import type { CommandContext } from '../../commands/command.ts';
import { applied } from '../../commands/objects/manifest-drafts.ts';
import { each } from './each.ts';
import type { HelmDraft } from './action.ts';
import { isKept, liveObject, locatedObject, type RenderedObject } from './located-objects.ts';

/** `gone`: it is no part of the release any more, and does not exist any more. */
export type What = 'create' | 'change' | 'delete' | 'keep' | 'gone' | 'nothing' | 'untried';

/** An object of a release before and after the change. */
export interface ObjectPair {
  readonly place: RenderedObject;
  readonly present?: ApiObject | undefined;
  readonly wanted?: ApiObject | undefined;
  readonly live?: ApiObject | undefined;
}

export interface ObjectPlan extends ObjectPair {
  readonly what: What;
  /** What the API server would change. */
  readonly changes: readonly Difference[];
  /** What somebody has changed since Helm wrote it: from Helm's value to the present one. */
  readonly drift: readonly Difference[];
  readonly managers: readonly Manager[];
  readonly warnings: readonly string[];
  /** Fields of another writer that the change would overwrite, if it may not. */
  readonly contested?: readonly string[];
}

/** Pairs of the objects of both manifests, in the order of the new one, with the objects as they are. */
export async function pairsOf(context: CommandContext, draft: HelmDraft): Promise<readonly ObjectPair[]> {
  const pairs = new Map<string, { place: RenderedObject; present?: ApiObject; wanted?: ApiObject }>();
  for (const [side, objects] of [
    ['wanted', draft.wanted],
    ['present', draft.present],
  ] as const)
    for (const object of objects) {
      const place = await locatedObject(context, draft.at, object);
      const key = keyOf(place);
      pairs.set(key, { place, ...pairs.get(key), [side]: place.object });
    }
  return each([...pairs.values()], async (pair) => ({
    ...pair,
    live: pair.place.at && !draft.newNamespace ? await liveObject(context, pair.place.at) : undefined,
  }));
}

export function keyOf({ at, kind, namespace = '', name }: RenderedObject): string {
  return [at ? fullName(at.kind) : kind, namespace, name].join('/');
}

/** Tries the change of one object on the API server. Errors: those of the port, MANIFEST_REFUSED among them. */
export async function tried(context: CommandContext, draft: HelmDraft, pair: ObjectPair): Promise<ObjectPlan> {
  const { place, present, wanted, live } = pair;
  const none = { ...pair, changes: [], drift: [], managers: live ? foreignManagers(draft, live) : [], warnings: [] };
  if (!wanted) {
    if (!live) return { ...none, what: 'gone', warnings: [goneText(place)] };
    const decides = draft.uninstalls && present ? present : live;
    return { ...none, what: isKept(decides) ? 'keep' : 'delete' };
  }
  if (!place.at) return { ...none, what: 'untried', warnings: ['The cluster does not serve its kind yet.'] };
  if (draft.newNamespace) return { ...none, what: 'create' };
  const after = await dryRun(context, place.at, live, wanted);
  const changes = [...differences(live, after), ...removed(present, wanted)];
  if (!live) return { ...none, what: 'create', changes };
  const drift = present ? differences(await asWritten(context, place.at, live, present, wanted, after), live) : [];
  const what = changes.length > 0 ? 'change' : 'nothing';
  const paths = draft.takeOver ? [] : contested(changes, drift);
  return { ...none, what, changes, drift, contested: paths, warnings: contestedText(paths) };
}

function goneText({ at }: RenderedObject): string {
  const why = at ? 'It does not exist any more' : 'The cluster does not serve its kind';
  return `${why}, so there is nothing to delete.`;
}

/** The object as Helm wrote it last, in the form of the API server. */
async function asWritten(
  context: CommandContext,
  at: ObjectAt,
  live: ApiObject,
  present: ApiObject,
  wanted: ApiObject,
  after: ApiObject | undefined,
): Promise<ApiObject | undefined> {
  const isSame = JSON.stringify(sorted(present)) === JSON.stringify(sorted(wanted));
  if (isSame) return after;
  try {
    return await dryRun(context, at, live, present);
  } catch (error) {
    // For example a field that cannot be changed back: then only the change itself is shown.
    if (error instanceof SluiceError && error.code === 'MANIFEST_REFUSED') return live;
    throw error;
  }
}

/** Somebody may write the object between its read and the dry run. */
const ATTEMPTS = 4;

async function dryRun(
  context: CommandContext,
  at: ObjectAt,
  live: ApiObject | undefined,
  manifest: ApiObject,
): Promise<ApiObject | undefined> {
  const write = applied(manifest, at, true);
  let before = live;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await context.ports.clusterObjects.write(at, before, write, true);
    } catch (error) {
      if (!(error instanceof SluiceError && error.code === 'CONFLICT') || attempt === ATTEMPTS) throw error;
      before = await liveObject(context, at);
    }
  }
}

/** Fields that the new manifest has no longer. Helm removes them, and a dry run by another writer does not show it. */
function removed(present: ApiObject | undefined, wanted: ApiObject): readonly Difference[] {
  return present ? differences(present, wanted).filter(({ to }) => to === undefined) : [];
}

/** Who else writes the object. Its own release is no news. */
function foreignManagers({ at }: HelmDraft, live: ApiObject): readonly Manager[] {
  return managersOf(live).filter(({ tool, what }) => !(tool === 'Helm' && what === `release ${releaseText(at)}`));
}

/** Fields that somebody else has written, and that the change would overwrite. */
function contested(changes: readonly Difference[], drift: readonly Difference[]): readonly string[] {
  return drift.map(({ path }) => path).filter((path) => changes.some((change) => change.path === path));
}

function contestedText(paths: readonly string[]): readonly string[] {
  if (paths.length === 0) return [];
  return [`Somebody else has written ${paths.slice(0, 5).join(', ')}. The change fails unless take_over is true.`];
}
