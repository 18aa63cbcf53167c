import { valuesOf } from '../../contract/setting.ts';
import { SluiceError } from '../../domain/errors.ts';
import { finding, type DoctorChecks, type Finding } from '../../commands/doctor-check.ts';
import type { CommandServices } from '../../commands/command.ts';
import { settings } from './settings.ts';

export const checks: DoctorChecks = {
  ofProcess: [
    ({ ports, settings: all }) =>
      finding('Helm', async () => {
        const { helmProgram } = valuesOf(settings, all);
        return helmProgram === undefined ? onPath(ports) : `${helmProgram} is version ${await ports.helm.version()}`;
      }),
  ],
};

/** Without Helm everything else works, so a missing program is a fault only if a setting names it. */
async function onPath({ helm }: Pick<CommandServices['ports'], 'helm'>): Promise<string | Finding> {
  try {
    return `version ${await helm.version()}`;
  } catch (error) {
    if (!(error instanceof SluiceError && error.code === 'HELM_MISSING')) throw error;
    const { message: detail, next } = error;
    return { name: 'Helm', state: 'skipped', detail, next };
  }
}
