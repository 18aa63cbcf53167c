import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { SluiceError } from '../../domain/errors.ts';
import type { FileWrite } from '../../ports/deployments.ts';

/**
 * The files of a deployment in the working tree, by path. `source/` is not read: it may have many files, and it is not
 * ours. Errors: DEPLOYMENT_NOT_FOUND.
 */
export async function readFolder(top: string, name: string): Promise<Readonly<Record<string, string>>> {
  const folder = join(top, 'deployments', name);
  const own = await readdir(folder, { withFileTypes: true }).catch(() => undefined);
  if (!own) throw new SluiceError('DEPLOYMENT_NOT_FOUND', `There is no folder deployments/${name}.`);
  const below = await Promise.all(
    own
      .filter((entry) => entry.isDirectory() && entry.name !== 'source')
      .map((entry) => readdir(join(folder, entry.name), { recursive: true, withFileTypes: true })),
  );
  const paths = [...own, ...below.flat()]
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'));
  const texts = await Promise.all(paths.map((path) => readFile(join(folder, path), 'utf8')));
  return Object.fromEntries(paths.map((path, index) => [path, texts[index] ?? '']));
}

/** Each file is written beside its place and moved there, so no reader sees a half of it. */
export async function writeFolder(top: string, name: string, files: readonly FileWrite[]): Promise<void> {
  for (const { path, text, executable } of files) {
    const file = join(top, 'deployments', name, path);
    if (text === undefined) {
      await rm(file, { force: true });
      continue;
    }
    await mkdir(dirname(file), { recursive: true });
    const draft = `${file}.${randomUUID().slice(0, 8)}.tmp`;
    await writeFile(draft, text, { mode: executable ? 0o755 : 0o644 });
    await rename(draft, file);
  }
}

export async function namesIn(top: string): Promise<readonly string[]> {
  const entries = await readdir(join(top, 'deployments'), { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}
