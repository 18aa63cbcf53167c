import { nearest } from '../../contract/nearest.ts';
import { valuesOf } from '../../contract/setting.ts';
import type { CommandContext } from '../../commands/command.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { Deployment } from '../../domain/onboarding/deployment.ts';
import { readDeployment } from '../../onboarding/deployment-text.ts';
import type { PlannedFile, Present } from '../../onboarding/plan.ts';
import type { FileWrite } from '../../ports/deployments.ts';
import { settings } from './settings.ts';

/** A deployment in the working tree. */
export interface Folder {
  readonly present: Present;
  readonly deployment: Deployment;
}

/** Errors: DEPLOYMENT_NOT_FOUND with the nearest name, DEPLOYMENT_FILE_INVALID. */
export async function folderOf(context: CommandContext, name: string): Promise<Folder> {
  const { deployments } = context.delivery;
  const known = await deployments.names();
  if (!known.includes(name)) {
    const near = nearest(name, known);
    if (near)
      throw new SluiceError('DEPLOYMENT_NOT_FOUND', `There is no deployment ${name}; did you mean ${near}?`, {
        next: 'Use the suggested name, or onboard it first (delivery_plan).',
      });
    throw new SluiceError('DEPLOYMENT_NOT_FOUND', `There is no deployment ${name}.`);
  }
  const present = await deployments.readFolder(name);
  const { deploymentRegistry } = valuesOf(settings, context.settings);
  const file = `deployments/${name}/deployment.yaml`;
  const deployment = readDeployment(present['deployment.yaml'] ?? '', deploymentRegistry, file);
  if (deployment.name === name) return { present, deployment };
  throw new SluiceError('DEPLOYMENT_FILE_INVALID', `${file}: deployment.name is ${deployment.name}.`);
}

/** The writes of a planned file. */
export function toWrite({ path, text, executable, action }: PlannedFile): readonly FileWrite[] {
  if (action === 'same' || action === 'keep') return [];
  return [action === 'remove' ? { path, executable } : { path, text, executable }];
}
