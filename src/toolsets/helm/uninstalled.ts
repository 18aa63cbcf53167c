import { metaOf, type ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { releaseText, type HelmReleaseAt } from '../../domain/helm/release.ts';
import { plural } from '../../domain/plural.ts';
import type { HelmRecord } from '../../ports/helm-releases.ts';
import type { CommandContext } from '../../commands/command.ts';
import { objectText } from '../../commands/objects/located.ts';
import { each } from './each.ts';
import { isKept, liveObject, locatedObject } from './located-objects.ts';
import { recordsOf } from './revisions.ts';
import { until, type Settled } from './settled.ts';

/** The objects of a release, by what is there of them. Each is a text such as "Deployment shop/web". */
export interface Remains {
  readonly left: readonly string[];
  /** Those that Helm does not delete, because its manifest says so. */
  readonly kept: readonly string[];
  /** Those whose kind the cluster does not serve. */
  readonly unserved: readonly string[];
}

export async function remainsOf(
  context: CommandContext,
  at: HelmReleaseAt,
  objects: readonly ApiObject[],
): Promise<Remains> {
  const found = await each(objects, async (object) => {
    const { at: place, kind, name } = await locatedObject(context, at, object);
    if (!place) return { how: 'unserved', text: `${kind} ${name}` };
    const live = await liveObject(context, place);
    if (!live) return undefined;
    return isKept(object)
      ? { how: 'kept', text: objectText(place) }
      : { how: 'left', text: objectText(place) + heldText(live) };
  });
  const texts = (how: string) => found.flatMap((one) => (one?.how === how ? [one.text] : []));
  return { left: texts('left'), kept: texts('kept'), unserved: texts('unserved') };
}

function heldText(live: ApiObject): string {
  const { finalizers = [], deletionTimestamp } = metaOf(live);
  return deletionTimestamp !== undefined && finalizers.length > 0 ? ` (held by ${finalizers.join(', ')})` : '';
}

interface Before {
  readonly at: HelmReleaseAt;
  readonly record: HelmRecord;
  readonly objects: readonly ApiObject[];
  /** What was there when Helm was started. */
  readonly remains: Remains | undefined;
}

/** What came of an uninstallation. Helm deletes in the background. `failure`: why Helm ended with an error. */
export async function uninstalled(
  context: CommandContext,
  before: Before,
  failure: string | undefined,
  seconds: number,
): Promise<Settled> {
  const { at, objects } = before;
  const [record] = await recordsOf(context, at);
  const remains = await until(context, failure === undefined ? seconds : 0, async () => {
    const value = await remainsOf(context, at, objects);
    return { value, ended: value.left.length === 0, waitsFor: value.left[0] };
  });
  const known = { changed: isChanged(before, record, remains), ...(record && { status: record.status }) };
  const rest = remainsText(objects, remains);
  if (failure !== undefined)
    return {
      ...known,
      effective: 'refused',
      reason: `${failure} The release is ${record?.status ?? 'gone'}; ${rest}`,
      next: 'Call helm_status.',
    };
  if (record && record.status !== 'uninstalled')
    return {
      ...known,
      effective: 'pending',
      reason: `Helm ended, and the release ${releaseText(at)} is still ${record.status}; ${rest}`,
    };
  const head = record ? 'is uninstalled, and its history is kept' : 'does not exist any more';
  return {
    ...known,
    effective: remains.left.length > 0 ? 'pending' : 'proved',
    reason: `the release ${releaseText(at)} ${head}; ${rest}`,
  };
}

/** Helm writes its record at each step. With an unchanged record and all of its objects it has done nothing. */
function isChanged({ record, remains }: Before, now: HelmRecord | undefined, { left }: Remains): boolean {
  const isSame = now && now.uid === record.uid && now.resourceVersion === record.resourceVersion;
  return !isSame || left.length < (remains?.left.length ?? left.length);
}

function remainsText(objects: readonly ApiObject[], { left, kept, unserved }: Remains): string {
  const parts = [
    ...part(left, () => `${left.length} of its objects ${left.length === 1 ? 'is' : 'are'} still there`),
    ...part(kept, (count) => `Helm has kept ${count} because of its resource policy`),
    ...part(unserved, (count) => `the cluster does not serve the kind of ${count}`),
  ];
  const others = objects.length - left.length - kept.length - unserved.length;
  if (parts.length === 0) return others === 0 ? 'it had no objects' : 'its objects do not exist any more';
  return [...parts, ...(others > 0 ? ['its other objects do not exist any more'] : [])].join('; ');
}

function part(texts: readonly string[], head: (count: string) => string): readonly string[] {
  if (texts.length === 0) return [];
  const more = texts.length > 5 ? ` and ${texts.length - 5} more` : '';
  return [`${head(plural(texts.length, 'object'))}: ${texts.slice(0, 5).join(', ')}${more}`];
}
