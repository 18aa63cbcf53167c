import { realpath } from 'node:fs/promises';
import { relative, resolve, sep } from 'node:path';
import { SluiceError } from '../../domain/errors.ts';

/**
 * The path of a chart that a call names as `./…`, relative to the folder of charts. Errors: INVALID_INPUT, also for a
 * link that leads out of the folder.
 */
export async function localChart(chart: string, folder: string): Promise<string> {
  const root = await realpath(resolve(folder)).catch(() => undefined);
  const path = root === undefined ? undefined : await realpath(resolve(root, chart)).catch(() => undefined);
  if (root === undefined || path === undefined)
    throw new SluiceError('INVALID_INPUT', `chart: there is no ${chart} in the folder of charts.`, {
      next: 'Local charts are in the folder that SLUICE_HELM_CHARTS names, by default the working directory of the server.',
    });
  const inside = relative(root, path);
  if (inside !== '' && inside !== '..' && !inside.startsWith(`..${sep}`)) return path;
  throw new SluiceError('INVALID_INPUT', `chart: ${chart} is outside of the folder of charts.`);
}
