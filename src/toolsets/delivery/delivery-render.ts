import { z } from 'zod';
import { deploymentName } from '../../contract/deployment-file.ts';
import { nearest } from '../../contract/nearest.ts';
import { parse } from '../../contract/parse.ts';
import { valuesOf } from '../../contract/setting.ts';
import { SluiceError } from '../../domain/errors.ts';
import { outcomeText } from '../../commands/effect-text.ts';
import { touchesNothing, type Command, type CommandContext } from '../../commands/command.ts';
import { readDeployment } from '../../onboarding/deployment-text.ts';
import { planRendering, type PlannedFile } from '../../onboarding/plan.ts';
import { foundFields, toPlannedFile } from './answer.ts';
import { toWrite } from './delivery-onboard.ts';
import { settings } from './settings.ts';

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
    const files = await rendering(context, name);
    const writes = files.flatMap(toWrite);
    await context.delivery.deployments.writeFolder(name, writes);
    const left = writes.length === 0 ? [] : (await rendering(context, name)).flatMap(toWrite);
    if (left.length > 0)
      throw new SluiceError(
        'REPOSITORY_CHANGED',
        `Another program has changed ${left.map(({ path }) => path).join(', ')}.`,
      );
    return {
      changed: writes.length > 0,
      effective: 'proved',
      reason: writes.length > 0 ? `files written and read back: ${writes.length}` : 'the files are so already',
      files: files.map(toPlannedFile),
    };
  },
  text: ({ files, ...outcome }) =>
    [outcomeText(outcome), ...files.map(({ path, action }) => `  ${action.padEnd(6)}  ${path}`)].join('\n'),
};

async function rendering(context: CommandContext, name: string): Promise<readonly PlannedFile[]> {
  const present = await folderOf(context, name);
  const { deploymentRegistry } = valuesOf(settings, context.settings);
  const deployment = readDeployment(
    present['deployment.yaml'] ?? '',
    deploymentRegistry,
    `deployments/${name}/deployment.yaml`,
  );
  return planRendering(deployment, present);
}

/** Errors: DEPLOYMENT_NOT_FOUND with the nearest name. */
async function folderOf({ delivery }: CommandContext, name: string): Promise<Readonly<Record<string, string>>> {
  const { deployments } = delivery;
  const known = await deployments.names();
  if (known.includes(name)) return deployments.readFolder(name);
  const near = nearest(name, known);
  throw new SluiceError(
    'DEPLOYMENT_NOT_FOUND',
    `There is no deployment ${name}${near ? `; did you mean ${near}?` : '.'}`,
  );
}
