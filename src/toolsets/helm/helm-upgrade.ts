import { z } from 'zod';
import { chartFields, chartProblems, helmReleaseFields, valuesField, valuesFilesField } from '../../contract/helm.ts';
import type { HelmRecord } from '../../ports/helm-releases.ts';
import { withRendered } from './chart-change.ts';
import type { HelmAction } from './action.ts';
import { recordOf, recordsOf, releaseAt, requireFree } from './revisions.ts';
import { hookSecondsOf, waitFields, writeCommand } from './write-command.ts';

const fields = z.strictObject({
  ...helmReleaseFields,
  ...chartFields,
  values: valuesField,
  values_files: valuesFilesField,
  reset_values: z
    .boolean()
    .optional()
    .describe('Forget the values of the last release. Default: the given ones are merged over them.'),
  take_over: z.boolean().optional().describe('Overwrite fields that somebody else has written.'),
  ...waitFields,
});

const CRDS_STAY = 'Helm does not change the CRDs of a chart in an upgrade. If they differ, apply them first.';

export const upgrade: HelmAction<typeof fields> = {
  name: 'upgrade',
  fields,
  problems: chartProblems,
  async within(context, asked, use) {
    const at = await releaseAt(context, asked);
    const records = await recordsOf(context, at);
    const record = recordOf(at, records);
    requireFree(record);
    const { helmReleases } = context.ports;
    const from = await helmReleases.open(record);
    const good = baseOf(records) ?? record;
    const base = good === record ? from : await helmReleases.open(good);
    const options = {
      how: 'upgrade',
      resetValues: asked.reset_values,
      takeOver: asked.take_over,
      hookSeconds: hookSecondsOf(asked),
    } as const;
    return withRendered(context, asked, { at, record, from, base, warnings: [] }, options, (draft) =>
      use({ ...draft, warnings: draft.crds.length > 0 ? [CRDS_STAY] : [] }),
    );
  },
};

/** Helm compares with the revision that is deployed, not with a failed one after it. */
function baseOf(records: readonly HelmRecord[]): HelmRecord | undefined {
  return records.find(({ status }) => status === 'deployed');
}

export const helmUpgrade = writeCommand(upgrade, {
  title: 'Upgrade a release',
  description:
    'Upgrades a release to a chart and values, exactly as helm_plan has shown it, and reads back whether its objects are ready, with the reasons if not (image pull, quota, probe, pending).',
  kind: 'write',
  example: {
    title: 'Two pods',
    input: {
      namespace: 'shop',
      name: 'site',
      chart: './charts/web',
      values: 'replicas: 2',
      digest: '0123456789abcdef',
    },
  },
});
