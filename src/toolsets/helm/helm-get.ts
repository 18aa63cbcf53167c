import { z } from 'zod';
import { helmReleaseFields, revision } from '../../contract/helm.ts';
import { parse } from '../../contract/parse.ts';
import { maskedObject } from '../../domain/cluster-objects/masked-object.ts';
import { mergedValues } from '../../domain/helm/read-revision.ts';
import { releaseText, type HelmRevision } from '../../domain/helm/release.ts';
import { maskSecrets } from '../../domain/safe-text.ts';
import type { Command } from '../../commands/command.ts';
import { maskedYaml, renderedObjects } from './rendered.ts';
import { recordsOf, releaseAt, revisionOf } from './revisions.ts';
import { pageFields, pageOutput, pageText, textPage } from './text-page.ts';
import { yamlText } from './yaml-documents.ts';

const PARTS = ['values', 'all_values', 'manifest', 'hooks', 'notes'] as const;
const input = z.strictObject({
  ...helmReleaseFields,
  part: z
    .enum(PARTS)
    .describe('values: the given ones; all_values: with those of the chart; manifest and hooks: as rendered.'),
  revision: revision.optional().describe('Default: the newest.'),
  ...pageFields,
});
const output = z.strictObject({ revision: z.number(), part: z.enum(PARTS), ...pageOutput });

export const helmGet: Command<typeof input, typeof output> = {
  name: 'helm_get',
  title: 'Values, manifest, hooks or notes of a release',
  description: 'What a revision of a release of Helm consists of, as YAML. Secrets are masked, also in values.',
  kind: 'read',
  idempotent: true,
  toolset: 'helm',
  input,
  output,
  examples: [
    { title: 'The values that were given', input: { namespace: 'shop', name: 'site', part: 'values' } },
    { title: 'What revision 1 rendered', input: { namespace: 'shop', name: 'site', part: 'manifest', revision: 1 } },
  ],
  check: (raw) => parse(input, raw ?? {}),
  async run(context, { part, ...asked }) {
    const at = await releaseAt(context, asked);
    const found = await revisionOf(context, at, await recordsOf(context, at), asked.revision);
    const list = `helm_get ${at.cluster} ${releaseText(at)} ${found.revision} ${part}`;
    return { revision: found.revision, part, ...textPage(textOf(found, part), list, asked) };
  },
  text: pageText,
};

function textOf({ values, defaults, manifest, hooks, notes }: HelmRevision, part: (typeof PARTS)[number]): string {
  switch (part) {
    case 'values':
      return yamlText(maskedObject(values));
    case 'all_values':
      return yamlText(maskedObject(mergedValues(defaults, values)));
    case 'manifest':
      return maskedYaml(renderedObjects(manifest));
    case 'hooks':
      return hooks.map((hook) => maskedYaml(renderedObjects(hook.manifest))).join('');
    case 'notes':
      return maskSecrets(notes);
  }
}
