import { lutimes, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeploymentPlace } from '../../ports/deployments.ts';
import { inTemporaryFolder } from '../local/temporary-folder.ts';
import { git } from './run.ts';

/** Settings of the user's machine must not change the bytes of the files. */
const AS_STORED = ['-c', 'core.autocrlf=false', '-c', 'core.attributesFile=/dev/null', '-c', 'core.symlinks=true'];

/**
 * Writes the files of a tree into a new folder, with an index of its own. No hook runs. Every time is `sourceDate`, so
 * the cache of a builder finds the same files again.
 */
export async function unpackTree(repository: string, tree: string, into: DeploymentPlace): Promise<void> {
  const { folder, sourceDate } = into;
  await mkdir(folder, { recursive: true });
  await inTemporaryFolder('sluice-index-', async (temporary) => {
    const env = { GIT_INDEX_FILE: join(temporary, 'index') };
    await git({ args: ['read-tree', tree], cwd: repository, env });
    const args = [...AS_STORED, 'checkout-index', '--all', '--force', `--prefix=${folder}/`];
    await git({ args, cwd: repository, env });
  });
  // Folders come after their entries, whose creation changes their times.
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.map(({ parentPath, name }) => join(parentPath, name)).sort();
  for (const path of paths.reverse()) await lutimes(path, sourceDate, sourceDate);
}
