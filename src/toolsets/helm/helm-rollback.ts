import { z } from 'zod';
import { helmReleaseFields, revision } from '../../contract/helm.ts';
import { SluiceError } from '../../domain/errors.ts';
import { hooksAt, releaseText, type HelmReleaseAt, type HelmRevision } from '../../domain/helm/release.ts';
import type { HelmRecord } from '../../ports/helm-releases.ts';
import { deployed } from './deployed.ts';
import type { HelmAction, HelmDraft } from './action.ts';
import { renderedObjects } from './rendered.ts';
import { recordOf, recordsOf, releaseAt, requireFree } from './revisions.ts';
import { hookSecondsOf, waitFields, writeCommand } from './write-command.ts';

const fields = z.strictObject({
  ...helmReleaseFields,
  revision: revision.optional().describe('Default: the one before, of those that Helm calls no failure.'),
  take_over: z.boolean().optional().describe('Overwrite fields that somebody else has written.'),
  ...waitFields,
});

export const rollback: HelmAction<typeof fields> = {
  name: 'rollback',
  fields,
  async within(context, asked, use) {
    const at = await releaseAt(context, asked);
    const { helm, helmReleases } = context.ports;
    const records = await recordsOf(context, at);
    const record = recordOf(at, records);
    requireFree(record);
    const from = await helmReleases.open(record);
    const target = asked.revision === undefined ? earlier(at, records, from) : recordOf(at, records, asked.revision);
    const to = await helmReleases.open(target);
    const wanted = renderedObjects(to.manifest);
    const options = { hookSeconds: hookSecondsOf(asked), takeOver: asked.take_over };
    const draft: Omit<HelmDraft, 'settled'> = {
      at,
      record,
      from,
      to: { ...to, revision: record.revision + 1 },
      present: renderedObjects(from.manifest),
      wanted,
      shape: wanted,
      takeOver: asked.take_over,
      hooks: hooksAt(to, 'rollback'),
      crds: [],
      warnings: [
        `The manifest and the values of revision ${target.revision} become revision ${record.revision + 1}.`,
        `Helm calls revision ${target.revision} ${target.status}. It does not record whether its pods got ready.`,
      ],
      verbs: ['create', 'update'],
      write: async (limits) => (await helm.rollback(at, target.revision, options, limits), {}),
    };
    return use({ ...draft, settled: (result, seconds) => deployed(context, draft, result, seconds) });
  },
};

/**
 * The revision before the newest. After a rollback it is the one before the version that this has brought back, so that
 * a second rollback goes further. Errors: NOT_APPLICABLE if there is none.
 */
function earlier(at: HelmReleaseAt, [newest, ...older]: readonly HelmRecord[], from: HelmRevision): HelmRecord {
  const before = Number(/^Rollback to (\d+)$/.exec(from.description)?.[1] ?? Infinity);
  const good = older.find(
    ({ status, revision: one }) => one < before && (status === 'superseded' || status === 'deployed'),
  );
  if (good) return good;
  const only = newest ? `It has revision ${newest.revision}, which is ${newest.status}` : 'It has no revision';
  throw new SluiceError(
    'NOT_APPLICABLE',
    `The release ${releaseText(at)} has no earlier revision that Helm calls no failure. ${only}.`,
    {
      next: 'Use the action upgrade with corrected values, or name a revision.',
    },
  );
}

export const helmRollback = writeCommand(rollback, {
  title: 'Roll a release back to an earlier revision',
  description:
    'Makes the manifest and values of an earlier revision a new revision, exactly as helm_plan has shown it, and reads back whether its objects are ready.',
  kind: 'write',
  example: {
    title: 'Back to the revision before',
    input: { namespace: 'shop', name: 'site', digest: '0123456789abcdef' },
  },
});
