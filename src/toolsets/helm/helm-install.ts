import { z } from 'zod';
import { chartFields, chartProblems, helmReleaseFields, valuesField, valuesFilesField } from '../../contract/helm.ts';
import { SluiceError } from '../../domain/errors.ts';
import { releaseText, type HelmReleaseAt } from '../../domain/helm/release.ts';
import type { HelmRecord } from '../../ports/helm-releases.ts';
import type { CommandContext } from '../../commands/command.ts';
import { withRendered } from './chart-change.ts';
import type { HelmAction } from './action.ts';
import { recordsOf, releaseAt } from './revisions.ts';
import { hookSecondsOf, waitFields, writeCommand } from './write-command.ts';

const fields = z.strictObject({
  ...helmReleaseFields,
  ...chartFields,
  values: valuesField,
  values_files: valuesFilesField,
  create_namespace: z.boolean().optional().describe('Create the namespace if it is missing.'),
  skip_crds: z.boolean().optional().describe('Do not create the CRDs of the chart.'),
  ...waitFields,
});

export const install: HelmAction<typeof fields> = {
  name: 'install',
  fields,
  problems: chartProblems,
  async within(context, asked, use) {
    const at = await releaseAt(context, asked);
    const records = await recordsIn(context, at, asked.create_namespace === true);
    requireAbsent(at, records?.[0]);
    const beginning = {
      at,
      newNamespace: records === undefined,
      warnings:
        records === undefined ? [`The namespace ${at.namespace} is created. Nothing in it could be tried.`] : [],
    };
    const options = {
      how: 'install',
      createNamespace: asked.create_namespace,
      skipCrds: asked.skip_crds,
      hookSeconds: hookSecondsOf(asked),
    } as const;
    return withRendered(context, asked, beginning, options, use);
  },
};

/** Undefined if the namespace does not exist and will be created. Errors: NAMESPACE_NOT_FOUND. */
async function recordsIn(
  context: CommandContext,
  at: HelmReleaseAt,
  create: boolean,
): Promise<readonly HelmRecord[] | undefined> {
  try {
    return await recordsOf(context, at);
  } catch (error) {
    if (!(error instanceof SluiceError && error.code === 'NAMESPACE_NOT_FOUND')) throw error;
    if (create) return undefined;
    throw new SluiceError('NAMESPACE_NOT_FOUND', error.message, {
      next: 'Correct the namespace, or pass create_namespace.',
    });
  }
}

/** Errors: ALREADY_EXISTS, also for a release of which only the history was kept. */
function requireAbsent(at: HelmReleaseAt, record: HelmRecord | undefined): void {
  if (!record) return;
  throw new SluiceError(
    'ALREADY_EXISTS',
    `The release ${releaseText(at)} exists: its revision ${record.revision} is ${record.status}.`,
    {
      next:
        record.status === 'uninstalled'
          ? 'Roll it back to a revision, or uninstall it again without keep_history.'
          : 'Use the action upgrade, or choose another name.',
    },
  );
}

export const helmInstall = writeCommand(install, {
  title: 'Install a chart as a release',
  description:
    'Installs a chart, exactly as helm_plan has shown it, and reads back whether its objects are there and ready, with the reasons if not.',
  kind: 'write',
  example: {
    title: 'Install a chart',
    input: {
      namespace: 'shop',
      name: 'blog',
      chart: './charts/web',
      values: 'replicas: 2',
      digest: '0123456789abcdef',
    },
  },
});
