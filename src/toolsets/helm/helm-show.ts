import { z } from 'zod';
import { chartFields, chartProblems } from '../../contract/helm.ts';
import { parse } from '../../contract/parse.ts';
import { maskSecrets } from '../../domain/safe-text.ts';
import { touchesNothing, type Command } from '../../commands/command.ts';
import { reading } from './limits.ts';
import { pageFields, pageOutput, pageText, textPage } from './text-page.ts';

const PARTS = ['values', 'chart', 'readme', 'crds'] as const;
const input = z.strictObject({
  ...chartFields,
  part: z.enum(PARTS).describe('values: its defaults, with comments; chart: name, versions, dependencies.'),
  ...pageFields,
});
const output = z.strictObject({ part: z.enum(PARTS), ...pageOutput });

export const helmShow: Command<typeof input, typeof output> = {
  name: 'helm_show',
  title: 'Values, readme or CRDs of a chart',
  description:
    'What a chart says about itself. The chart comes from a folder, an archive, a repository or an OCI registry.',
  kind: 'read',
  idempotent: true,
  toolset: 'helm',
  positional: ['part', 'chart'],
  input,
  output,
  examples: [{ title: 'The values of a chart', input: { part: 'values', chart: './charts/web' } }],
  touches: touchesNothing,
  check: (raw) => {
    const given = parse(input, raw ?? {});
    return parse(input, given, chartProblems(given));
  },
  async run(context, { part, chart, version, repo_url: repoUrl, ...page }) {
    const call = reading(context);
    const text = await context.ports.helm.withChart({ chart, version, repoUrl }, call, (held) =>
      context.ports.helm.show(held, part, call),
    );
    const list = ['helm_show', part, chart, version, repoUrl].join(' ');
    return { part, ...textPage(maskSecrets(text), list, page) };
  },
  text: pageText,
};
