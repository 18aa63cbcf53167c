import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HelmValues } from '../../ports/helm.ts';

/**
 * Works in a new folder that only this user can read, and removes it. Helm runs there, so that no argument is by chance
 * the name of a local file.
 */
export async function inWorkspace<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-helm-'));
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** A values file, as the arguments that name it. JSON is YAML. */
export async function valuesFile(folder: string, values: HelmValues): Promise<readonly string[]> {
  if (Object.keys(values).length === 0) return [];
  const file = join(folder, 'values.json');
  await writeFile(file, JSON.stringify(values), { mode: 0o600 });
  return ['--values', file];
}
