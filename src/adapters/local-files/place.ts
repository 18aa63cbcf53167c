import { lstat, realpath } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { SluiceError } from '../../domain/errors.ts';

/** A place in the folder: its parent is a real folder inside of it, and nothing is said about the place itself. */
export interface Place {
  /** Relative to the folder, for sentences. */
  readonly shown: string;
  readonly path: string;
}

/** Errors: INVALID_INPUT for a path that leads out of the folder, NOT_APPLICABLE if its parent does not exist. */
export async function inFolder(folder: string, path: string): Promise<Place> {
  const root = await realpath(resolve(folder)).catch(() => {
    throw new SluiceError('NOT_APPLICABLE', `The folder ${folder} for copied files does not exist.`, {
      next: 'Create it, or name another one in SLUICE_KUBERNETES_FILES.',
    });
  });
  const wanted = resolve(root, path);
  if (wanted === root || !isInside(root, wanted)) throw outside(path, folder);
  const parent = await realpath(dirname(wanted)).catch(() => {
    throw new SluiceError('NOT_APPLICABLE', `The folder of ${path} does not exist in ${folder}.`, {
      next: 'Create the folder, or choose another path.',
    });
  });
  if (parent !== root && !isInside(root, parent)) throw outside(path, folder);
  return { shown: relative(root, wanted), path: join(parent, basename(wanted)) };
}

function isInside(root: string, path: string): boolean {
  return path.startsWith(root === sep ? sep : root + sep);
}

function outside(path: string, folder: string): SluiceError {
  return new SluiceError('INVALID_INPUT', `local_path: ${path} leads out of the folder ${folder}.`, {
    next: 'Name a path in the folder. SLUICE_KUBERNETES_FILES chooses it.',
  });
}

/** Errors: NOT_APPLICABLE. */
export async function requireFree({ path, shown }: Place, replace: boolean): Promise<void> {
  const there = await lstat(path).catch(() => undefined);
  if (!there || (replace && there.isFile())) return;
  const what = there.isDirectory() ? 'a folder' : there.isFile() ? 'a file' : 'no plain file';
  throw new SluiceError('NOT_APPLICABLE', `${shown} exists already and is ${what}. Nothing was written.`, {
    next: there.isFile() ? 'Choose another path, or repeat the call with replace: true.' : 'Choose another path.',
  });
}
