import { z } from 'zod';
import { deploymentName } from '../../contract/deployment-file.ts';
import { parse } from '../../contract/parse.ts';
import { SluiceError } from '../../domain/errors.ts';
import { outcomeText } from '../../commands/effect-text.ts';
import { touchesNothing, type Command, type CommandContext } from '../../commands/command.ts';
import { planRendering, type PlannedFile } from '../../onboarding/plan.ts';
import { foundFields, toPlannedFile } from './answer.ts';
import { folderOf, toWrite } from './folder.ts';

const input = z.strictObject({ name: deploymentName.describe('Name of the deployment.') });
const output = z.strictObject({
  changed: z.boolean(),
  effective: z.literal('proved').describe('The files were read back.'),
  reason: z.string(),
  files: foundFields.files,
});

export const deliveryRender: Command<typeof input, typeof output> = {
  name: 'delivery_render',
  title: 'Write the Kubernetes files again',
  description:
    'Writes k8s/base and k8s/overlays of a deployment in the working tree from its deployment.yaml. YAML files directly in k8s/ are templates with placeholders such as {{IMAGE}}: one with the name of a file of k8s/base takes its place. Files that somebody has edited are kept.',
  kind: 'write',
  idempotent: true,
  toolset: 'delivery',
  positional: ['name'],
  input,
  output,
  examples: [{ title: 'After a change of deployment.yaml', input: { name: 'web' } }],
  check: (raw) => parse(input, raw ?? {}),
  touches: touchesNothing,
  async run(context, { name }) {
    const files = await rendered(context, name);
    const count = files.flatMap(toWrite).length;
    return {
      changed: count > 0,
      effective: 'proved',
      reason: count > 0 ? `files written and read back: ${count}` : 'the files are so already',
      files: files.map(toPlannedFile),
    };
  },
  text: ({ files, ...outcome }) =>
    [outcomeText(outcome), ...files.map(({ path, action }) => `  ${action.padEnd(6)}  ${path}`)].join('\n'),
};

/** Writes the files, and returns what was done. Errors: those of `folderOf`, TEMPLATE_INVALID, REPOSITORY_CHANGED. */
export async function rendered(context: CommandContext, name: string): Promise<readonly PlannedFile[]> {
  const files = await rendering(context, name);
  const writes = files.flatMap(toWrite);
  if (writes.length === 0) return files;
  await context.delivery.deployments.writeFolder(name, writes);
  const left = (await rendering(context, name)).flatMap(toWrite);
  if (left.length === 0) return files;
  const paths = left.map(({ path }) => path).join(', ');
  throw new SluiceError('REPOSITORY_CHANGED', `Another program has changed ${paths}.`);
}

async function rendering(context: CommandContext, name: string): Promise<readonly PlannedFile[]> {
  const { present, deployment } = await folderOf(context, name);
  return planRendering(deployment, present);
}
