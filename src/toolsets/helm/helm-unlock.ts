import { z } from 'zod';
import { helmReleaseFields } from '../../contract/helm.ts';
import { SluiceError } from '../../domain/errors.ts';
import { isHeld, releaseText, type HelmRevision } from '../../domain/helm/release.ts';
import type { HelmAction } from './action.ts';
import { recordOf, recordsOf, releaseAt } from './revisions.ts';
import { writeCommand } from './write-command.ts';

const fields = z.strictObject(helmReleaseFields);

export const unlock: HelmAction<typeof fields> = {
  name: 'unlock',
  fields,
  async within(context, asked, use) {
    const at = await releaseAt(context, asked);
    const { helmReleases } = context.ports;
    const record = recordOf(at, await recordsOf(context, at));
    const { revision, status } = record;
    if (!isHeld(status))
      throw new SluiceError(
        'NOT_APPLICABLE',
        `No operation holds ${releaseText(at)}: its revision ${revision} is ${status}.`,
        {
          next: 'Use the action upgrade or rollback.',
        },
      );
    const from = await helmReleases.open(record);
    const description = `Marked as failed by ${context.caller.id}: it was ${status}, and nobody ran it any more`;
    return use({
      at,
      record,
      from,
      present: [],
      wanted: [],
      shape: [record.resourceVersion],
      hooks: [],
      crds: [],
      warnings: [since(from, context.ports.now())],
      verbs: ['patch'],
      write: async () => (await helmReleases.markFailed(record, description), {}),
      settled: async () => {
        const now = recordOf(at, await recordsOf(context, at));
        const is = `revision ${now.revision} of ${releaseText(at)} is ${now.status}`;
        return isHeld(now.status)
          ? { changed: true, effective: 'pending', reason: is, revision: now.revision, status: now.status }
          : {
              changed: true,
              effective: 'proved',
              reason: `${is}, so Helm accepts further operations; its objects were not touched`,
              revision: now.revision,
              status: now.status,
              next: 'Call helm_plan with the action rollback or upgrade.',
            };
      },
    });
  },
};

/** How old the operation is tells whether somebody may still run it. */
function since({ revision, status, updated }: HelmRevision, now: number): string {
  const age = Math.round((now - Date.parse(updated)) / 1000);
  const old = Number.isFinite(age) ? `for ${age} s, since ${updated.slice(0, 19)}` : 'for an unknown time';
  return `Revision ${revision} is ${status} ${old}. If a Helm still runs this, two will write at once: find out first. It is marked as failed; its objects stay as they are.`;
}

export const helmUnlock = writeCommand(unlock, {
  title: 'Free a release that an operation still holds',
  description:
    'Marks the revision of a release that is stuck in pending-install, pending-upgrade, pending-rollback or uninstalling as failed, so that Helm accepts further operations. Its objects are not touched. Needs confirm.',
  kind: 'destructive',
  example: {
    title: 'Free site',
    input: { namespace: 'shop', name: 'site', digest: '0123456789abcdef', confirm: 'shop/site' },
  },
});
