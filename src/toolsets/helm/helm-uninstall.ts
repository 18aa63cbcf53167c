import { z } from 'zod';
import { helmReleaseFields } from '../../contract/helm.ts';
import { metaOf, type ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { hooksAt, isHeld, releaseText, type HelmReleaseAt } from '../../domain/helm/release.ts';
import type { CommandContext } from '../../commands/command.ts';
import { objectText } from '../../commands/objects/located.ts';
import { each } from './each.ts';
import type { HelmAction } from './action.ts';
import { isKept, liveObject, locatedObject } from './located-objects.ts';
import { renderedObjects } from './rendered.ts';
import { recordOf, recordsOf, releaseAt } from './revisions.ts';
import { until, type Settled } from './settled.ts';
import { hookSecondsOf, waitFields, writeCommand } from './write-command.ts';

const fields = z.strictObject({
  ...helmReleaseFields,
  keep_history: z.boolean().optional().describe('Keep its revisions, so that it can be rolled back.'),
  ...waitFields,
});

export const uninstall: HelmAction<typeof fields> = {
  name: 'uninstall',
  fields,
  async within(context, asked, use) {
    const at = await releaseAt(context, asked);
    const record = recordOf(at, await recordsOf(context, at));
    const from = await context.ports.helmReleases.open(record);
    const present = record.status === 'uninstalled' ? [] : renderedObjects(from.manifest);
    const options = { hookSeconds: hookSecondsOf(asked), keepHistory: asked.keep_history };
    return use({
      at,
      record,
      from,
      present,
      wanted: [],
      shape: [],
      hooks: hooksAt(from, 'delete'),
      crds: [],
      warnings: isHeld(record.status) ? [`Its revision ${record.revision} is ${record.status}.`] : [],
      verbs: asked.keep_history ? ['update'] : ['update', 'delete'],
      write: async (limits) => (await context.ports.helm.uninstall(at, options, limits), {}),
      settled: (result, seconds) => gone(context, at, present, result.failure, seconds),
    });
  },
};

/** Whether the release and its objects do not exist any more. Helm deletes in the background. */
async function gone(
  context: CommandContext,
  at: HelmReleaseAt,
  objects: readonly ApiObject[],
  failure: string | undefined,
  seconds: number,
): Promise<Settled> {
  const [record] = await recordsOf(context, at);
  const status = record && record.status !== 'uninstalled' ? record.status : undefined;
  const left = await until(context, failure === undefined ? seconds : 0, async () => {
    const value = await leftOf(context, at, objects);
    return { value, ended: value.length === 0, waitsFor: value[0] };
  });
  const changed = left.length < objects.length || status !== 'deployed';
  const rest = left.length > 0 ? `; ${left.length} of its objects are still there: ${left.slice(0, 5).join(', ')}` : '';
  if (failure !== undefined)
    return {
      changed,
      effective: 'refused',
      reason: `${failure} The release is ${status ?? 'gone'}${rest}`,
      ...(status && { status }),
      next: 'Call helm_status.',
    };
  if (status !== undefined)
    return {
      changed,
      effective: 'pending',
      reason: `Helm ended, and the release ${releaseText(at)} is still ${status}${rest}`,
      status,
    };
  return {
    changed: true,
    effective: left.length > 0 ? 'pending' : 'proved',
    reason: `the release ${releaseText(at)} does not exist any more${rest || ', and neither do its objects'}`,
  };
}

/** Objects that still exist, without those that Helm keeps. */
async function leftOf(
  context: CommandContext,
  at: HelmReleaseAt,
  objects: readonly ApiObject[],
): Promise<readonly string[]> {
  const found = await each(objects, async (object) => {
    const place = (await locatedObject(context, at, object)).at;
    const live = place && (await liveObject(context, place));
    if (!place || !live || isKept(live)) return undefined;
    const { finalizers = [], deletionTimestamp } = metaOf(live);
    const held = deletionTimestamp !== undefined && finalizers.length > 0 ? ` (held by ${finalizers.join(', ')})` : '';
    return `${objectText(place)}${held}`;
  });
  return found.filter((one) => one !== undefined);
}

export const helmUninstall = writeCommand(uninstall, {
  title: 'Uninstall a release',
  description:
    'Deletes a release and its objects, exactly those that helm_plan has shown, and reads back that they are gone. Needs confirm. Refused while a release of Sluice owns one of them.',
  kind: 'destructive',
  example: {
    title: 'Uninstall site',
    input: { namespace: 'shop', name: 'site', digest: '0123456789abcdef', confirm: 'shop/site' },
  },
});
