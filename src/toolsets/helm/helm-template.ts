import { z } from 'zod';
import { kindName } from '../../contract/cluster-object.ts';
import { chartFields, chartProblems, helmName, valuesField, valuesFilesField } from '../../contract/helm.ts';
import { parse } from '../../contract/parse.ts';
import { dnsName } from '../../contract/target.ts';
import { textAt, type ApiObject } from '../../domain/cluster-objects/api-object.ts';
import { overlaid } from '../../domain/helm/values.ts';
import { touchesNothing, type Command } from '../../commands/command.ts';
import { reading } from './limits.ts';
import { maskedYaml, renderedObjects } from './rendered.ts';
import { pageFields, pageOutput, pageText, textPage } from './text-page.ts';
import { valuesIn } from './yaml-documents.ts';

const input = z.strictObject({
  ...chartFields,
  name: helmName.optional().describe('Name of the release in templates. Default: release-name.'),
  namespace: dnsName.optional().describe('Namespace in templates. Default: default.'),
  values: valuesField,
  values_files: valuesFilesField,
  kind: kindName.optional().describe('Only objects of this kind.'),
  ...pageFields,
});
const output = z.strictObject({
  kinds: z.record(z.string(), z.number()).describe('Number of objects by kind.'),
  ...pageOutput,
});

export const helmTemplate: Command<typeof input, typeof output> = {
  name: 'helm_template',
  title: 'Render a chart',
  description:
    'What a chart renders with some values, without a cluster. Secrets are masked. For the difference to a release use helm_plan.',
  kind: 'read',
  idempotent: true,
  toolset: 'helm',
  positional: ['chart'],
  input,
  output,
  examples: [{ title: 'The Deployments of a chart', input: { chart: './charts/web', kind: 'Deployment' } }],
  touches: touchesNothing,
  check: (raw) => {
    const given = parse(input, raw ?? {});
    return parse(input, given, chartProblems(given));
  },
  async run(context, { chart, version, repo_url: repoUrl, name = 'release-name', namespace = 'default', ...asked }) {
    const call = reading(context);
    const { helm } = context.ports;
    const at = { cluster: '', namespace, name };
    const given = valuesIn(asked.values);
    const text = await helm.withChart({ chart, version, repoUrl }, call, async (held) => {
      const values = overlaid(await helm.fileValues(asked.values_files ?? []), given);
      return helm.template({ at, chart: held, values }, call);
    });
    const objects = renderedObjects(text);
    const wanted = objects.filter((object) => asked.kind === undefined || kindOf(object) === asked.kind.toLowerCase());
    const list = ['helm_template', chart, version, repoUrl, namespace, name, asked.kind].join(' ');
    return { kinds: countsOf(objects), ...textPage(maskedYaml(wanted), list, asked) };
  },
  text: ({ kinds, ...page }) =>
    [
      Object.entries(kinds)
        .map(([kind, count]) => `${count} ${kind}`)
        .join(', '),
      pageText(page),
    ].join('\n'),
};

function kindOf(object: ApiObject): string {
  return (textAt(object, 'kind') ?? '').toLowerCase();
}

function countsOf(objects: readonly ApiObject[]): Record<string, number> {
  const counts = new Map<string, number>();
  for (const object of objects) {
    const kind = textAt(object, 'kind') ?? 'no kind';
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
}
