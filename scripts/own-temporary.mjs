import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runWithProjectNode } from './project-node.mjs';

/**
 * `runWithProjectNode` with a folder of its own for temporary files, which is removed at the end. So tests and benches
 * leave nothing there, nor do the programs that they start. Code that Node has compiled is kept for the next run.
 */
export async function runInOwnTemporaryFolder(args, env = {}) {
  const compiled = join(tmpdir(), 'node-compile-cache');
  const folder = mkdtempSync(join(tmpdir(), 'sluice-run-'));
  try {
    // As the folder around it: a PostgreSQL of the tests runs as another account.
    chmodSync(folder, 0o1777);
    mkdirSync(compiled, { recursive: true });
    symlinkSync(compiled, join(folder, 'node-compile-cache'));
    return await runWithProjectNode(args, { ...env, TMPDIR: folder });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
