// Runs before anything is installed, on the machine's own Node (18 or newer), so it uses no packages and no new syntax.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { freshBundle } from '../bin/fresh-bundle.mjs';
import { bundle } from './bundle.mjs';
import { projectNode } from './project-node.mjs';
import { ROOT } from './root.mjs';

const OLDEST_NODE = 18;

/** A failure whose message is sufficient, so that no stack trace is printed. */
class SetupError extends Error {}

/**
 * Installs the packages of package-lock.json if they are missing, and bundles the command line if its sources have
 * changed. Returns whether it installed packages.
 */
export function setup(root = ROOT) {
  refuseAncientNode(process.versions.node);
  const wanted = lockHash(root);
  const needed = !isInstalled(root, wanted);
  if (needed) install(root);
  writeFileSync(stampPath(root), wanted);
  if (!projectNode(root)) {
    throw new SetupError(
      'The package `node` installed no program (node_modules/.bin/node). Remove node_modules and run `npm ci` with install scripts allowed.',
    );
  }
  if (!freshBundle(pathToFileURL(join(root, '/')))) bundle(root);
  return needed;
}

/** Set-up for a script. On a failure it prints the message and ends the process. */
export function setupOrExit() {
  try {
    setup();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    console.error(`Set-up failed. ${error.message}`);
    process.exit(1);
  }
}

function refuseAncientNode(version) {
  if (Number(version.split('.')[0]) >= OLDEST_NODE) return;
  throw new SetupError(`Node ${version} is too old to start with; install Node ${OLDEST_NODE} or newer (24 is best).`);
}

/** True when the stamp, or npm's own record, shows that the lockfile's packages are installed. */
export function isInstalled(root, wanted = lockHash(root)) {
  if (!existsSync(join(root, 'node_modules'))) return false;
  return readText(stampPath(root)) === wanted || npmInstalledTheSame(root);
}

/**
 * If a user ran npm directly, there is no stamp but npm's own record. It is compared, so that the installation is not
 * repeated.
 */
function npmInstalledTheSame(root) {
  const record = readText(join(root, 'node_modules', '.package-lock.json'));
  if (record === undefined) return false;
  const have = JSON.parse(record).packages ?? {};
  const want = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(want).every(
    ([path, entry]) => path === '' || entry.optional || have[path]?.version === entry.version,
  );
}

function install(root) {
  console.log('Installing packages (npm ci). On a slow network this takes a minute or two.');
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm';
  const started = Date.now();
  const result = spawnSync(npm, ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (result.error)
    throw new SetupError(`npm could not be started (${result.error.message}). Install npm and try again.`);
  if (result.status !== 0) {
    throw new SetupError(
      '`npm ci` failed; its own message is above. Most often the package registry cannot be reached: check the network and `npm config get registry`.',
    );
  }
  console.log(`Packages installed in ${Math.round((Date.now() - started) / 1000)} s.`);
}

function lockHash(root) {
  const lock = readText(join(root, 'package-lock.json'));
  if (lock === undefined) throw new SetupError('package-lock.json is missing; get a complete copy of the repository.');
  return createHash('sha256').update(lock).digest('hex');
}

function stampPath(root) {
  return join(root, 'node_modules', '.sluice-lock-hash');
}

function readText(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  setupOrExit();
  console.log('Packages are in place.');
}
