import { z } from 'zod';
import { deploymentName } from '../../contract/deployment-file.ts';
import { parse } from '../../contract/parse.ts';
import { placeFields } from '../../contract/place.ts';
import type { Command, CommandContext } from '../../commands/command.ts';
import type { Touched } from '../../domain/access/decide.ts';
import { objectLines, plannedObject, toPlannedObjects } from '../../commands/objects/write-answer.ts';
import { deploying, type DeployAsked } from './deploying.ts';
import { folderOf } from './folder.ts';

export const deployFields = {
  name: deploymentName.describe('Name of the deployment.'),
  cluster: placeFields.cluster,
};
const input = z.strictObject(deployFields);
const output = z.strictObject({
  objects: z.array(plannedObject),
  digest: z.string().describe('Pass it to delivery_deploy, with the same arguments.'),
});

export const deliveryDeployPlan: Command<typeof input, typeof output> = {
  name: 'delivery_deploy_plan',
  title: 'What a first version would create',
  description:
    'Tries every object of k8s/base of a deployment on the API server without creating it, and shows each field. For the first version only: a later one is a release.',
  kind: 'read',
  idempotent: true,
  toolset: 'delivery',
  positional: ['name'],
  input,
  output,
  examples: [{ title: 'The deployment web', input: { name: 'web' } }],
  check: (raw) => parse(input, raw ?? {}),
  touches: touchedBy,
  async run(context, asked) {
    const { changes, digest } = await deploying(context, asked);
    return { objects: toPlannedObjects(changes), digest };
  },
  text: ({ objects, digest }) =>
    [
      ...objects.flatMap(objectLines),
      `Nothing was changed. To do it, call delivery_deploy with the same arguments and digest "${digest}".`,
    ].join('\n'),
};

/** The objects are those of the namespace that deployment.yaml names. */
export async function touchedBy(context: CommandContext, { name, cluster }: DeployAsked): Promise<readonly Touched[]> {
  const { deployment } = await folderOf(context, name);
  return [{ cluster, namespace: deployment.namespace, name }];
}
