import type { LocalFilesPort } from '../../ports/local-files.ts';
import { isCopy } from './is-copy.ts';
import { packed } from './pack.ts';
import { inFolder, requireFree } from './place.ts';
import { unpacked } from './unpack.ts';

/** LocalFilesPort on one folder. It does not have to exist before the first call. */
export function createLocalFiles(folder: string): LocalFilesPort {
  return {
    isCopy,
    pack: async (path, name, limits) => packed(await inFolder(folder, path), name, limits),
    unpack: async (tar, name, path, options) => unpacked(tar, name, await inFolder(folder, path), options),
    requireFree: async (path, replace) => requireFree(await inFolder(folder, path), replace),
  };
}
