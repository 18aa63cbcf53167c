import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { binaryCache } from '../../../sandbox/binaries/places.ts';
import { withLock } from '../../../sandbox/processes/lock.ts';

const run = promisify(execFile);
const PYTHON = 'python3';
/** The list of all packages to install, with exact versions. */
const CONSTRAINTS = fileURLToPath(new URL('constraints.txt', import.meta.url));
const INSTALL_MS = 300_000;

/**
 * The folder with schemathesis for PYTHONPATH, in the user's cache beside the sandbox's binaries. The first call
 * downloads it from the Python package index. It installs nothing into any Python. Throws an error with a readable
 * message when python3 or pip is missing or fails.
 */
export async function installSchemathesis(say: (line: string) => void): Promise<string> {
  const target = join(dirname(binaryCache()), 'python', `schemathesis-${await pythonVersion()}-${fingerprint()}`);
  await withLock(`python ${target}`, async () => {
    if (existsSync(target)) return;
    say(`installing schemathesis into ${target}; the first time takes about 10 s`);
    await install(target);
  });
  return target;
}

/** Some packages are compiled, so another Python or another version of a package needs another folder. */
function fingerprint(): string {
  return createHash('sha256').update(readFileSync(CONSTRAINTS)).digest('hex').slice(0, 8);
}

async function pythonVersion(): Promise<string> {
  const { stdout } = await run(PYTHON, ['-c', 'import sys; print("py%d.%d" % sys.version_info[:2])']).catch(
    (error: unknown) => {
      throw new Error(
        `${PYTHON} does not run (${String(error)}). Install Python 3.10 or newer with pip; the API's fuzz needs it.`,
      );
    },
  );
  return stdout.trim();
}

async function install(target: string): Promise<void> {
  mkdirSync(dirname(target), { recursive: true });
  const folder = mkdtempSync(join(dirname(target), '.new-'));
  const options = [
    '--quiet',
    '--no-input',
    '--only-binary=:all:',
    '--disable-pip-version-check',
    '--root-user-action=ignore',
  ];
  try {
    await run(
      PYTHON,
      ['-m', 'pip', 'install', ...options, '--target', folder, '--constraint', CONSTRAINTS, 'schemathesis'],
      { timeout: INSTALL_MS },
    );
    renameSync(folder, target);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    const last = ((error as { stderr?: string }).stderr || String(error)).trim().split('\n').at(-1);
    throw new Error(`pip could not install schemathesis: ${last}`, { cause: error });
  }
}
