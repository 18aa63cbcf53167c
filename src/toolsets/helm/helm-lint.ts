import { z } from 'zod';
import { chartFields, chartProblems, valuesField, valuesFilesField } from '../../contract/helm.ts';
import { parse } from '../../contract/parse.ts';
import { fitted } from '../../domain/cluster-objects/fitted.ts';
import { overlaid } from '../../domain/helm/values.ts';
import { cleanText, maskSecrets } from '../../domain/safe-text.ts';
import { touchesNothing, type Command } from '../../commands/command.ts';
import { reading } from './limits.ts';
import { valuesIn } from './yaml-documents.ts';

const input = z.strictObject({ ...chartFields, values: valuesField, values_files: valuesFilesField });
const output = z.strictObject({
  passed: z.boolean().describe('False: at least one finding is an error.'),
  findings: z.array(z.string()),
  left_out: z.array(z.string()),
});

const MAX_BYTES = 7000;

export const helmLint: Command<typeof input, typeof output> = {
  name: 'helm_lint',
  title: 'Check a chart',
  description: 'What Helm finds wrong in a chart with some values: errors, warnings and advice.',
  kind: 'read',
  idempotent: true,
  toolset: 'helm',
  positional: ['chart'],
  input,
  output,
  examples: [{ title: 'Check a chart', input: { chart: './charts/web' } }],
  touches: touchesNothing,
  check: (raw) => {
    const given = parse(input, raw ?? {});
    return parse(input, given, chartProblems(given));
  },
  async run(context, { chart, version, repo_url: repoUrl, values: text, values_files: files = [] }) {
    const call = reading(context);
    const { helm } = context.ports;
    const given = valuesIn(text);
    const { passed, lines } = await helm.withChart({ chart, version, repoUrl }, call, async (held) =>
      helm.lint(held, overlaid(await helm.fileValues(files), given), call),
    );
    const { value, leftOut } = fitted({ findings: lines.map((line) => maskSecrets(cleanText(line, 1000))) }, MAX_BYTES);
    return { passed, findings: value.findings, left_out: [...leftOut] };
  },
  text: ({ passed, findings, left_out: leftOut }) =>
    [
      passed ? 'Helm finds no error in the chart.' : 'Helm finds errors in the chart.',
      ...findings,
      ...(leftOut.length > 0 ? [`Left out: ${leftOut.join('; ')}.`] : []),
    ].join('\n'),
};
