import { realpath } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import { SluiceError } from '../../domain/errors.ts';

/**
 * The path of a chart or a file that a call names as `./…` in `field`, relative to the folder of charts. Errors:
 * INVALID_INPUT, also for a link that leads out of the folder.
 */
export async function localPath(field: string, name: string, folder: string): Promise<string> {
  const root = await realpath(resolve(folder)).catch(() => undefined);
  const path = root === undefined ? undefined : await realpath(resolve(root, name)).catch(() => undefined);
  if (root === undefined || path === undefined)
    throw new SluiceError('INVALID_INPUT', `${field}: there is no ${name} in the folder of charts.`, {
      next: 'Local charts are in the folder that SLUICE_HELM_CHARTS names, by default the working directory of the server.',
    });
  const inside = relative(root, path);
  if (inside !== '' && inside !== '..' && !inside.startsWith(`..${sep}`)) return path;
  throw new SluiceError('INVALID_INPUT', `${field}: ${name} is outside of the folder of charts.`);
}
