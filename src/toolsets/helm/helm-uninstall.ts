import { z } from 'zod';
import { helmReleaseFields } from '../../contract/helm.ts';
import { hooksAt, isHeld } from '../../domain/helm/release.ts';
import type { HelmAction } from './action.ts';
import { renderedObjects } from './rendered.ts';
import { recordOf, recordsOf, releaseAt } from './revisions.ts';
import { remainsOf, uninstalled, type Remains } from './uninstalled.ts';
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
    let remains: Remains | undefined;
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
      uninstalls: true,
      async write(limits) {
        remains = await remainsOf(context, at, present);
        await context.ports.helm.uninstall(at, options, limits);
        return {};
      },
      settled: ({ failure }, seconds) =>
        uninstalled(context, { at, record, objects: present, remains }, failure, seconds),
    });
  },
};

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
