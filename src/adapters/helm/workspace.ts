import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HelmValues } from '../../ports/helm.ts';
import { inTemporaryFolder } from '../local/temporary-folder.ts';

/** Works in a folder of its own: Helm runs there, so that no argument is by chance the name of a local file. */
export function inWorkspace<T>(work: (folder: string) => Promise<T>): Promise<T> {
  return inTemporaryFolder('sluice-helm-', work);
}

/** A values file, as the arguments that name it. JSON is YAML. */
export async function valuesFile(folder: string, values: HelmValues): Promise<readonly string[]> {
  if (Object.keys(values).length === 0) return [];
  const file = join(folder, 'values.json');
  await writeFile(file, JSON.stringify(values), { mode: 0o600 });
  return ['--values', file];
}
