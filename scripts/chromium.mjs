// Finds the browser that tests use for the report. If there is none, it installs one where that is possible. Otherwise
// the test reports that it was skipped.
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
/** A slow mirror must not delay the tests. A completed download is there the next time. */
const DOWNLOAD_MS = 60_000;

/** The path of a Chromium: $CHROME_BIN, or one on PATH. Undefined if there is none. */
export function findChromium(env = process.env) {
  const onPath = (env.PATH ?? '').split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name)));
  return [...(env.CHROME_BIN ? [env.CHROME_BIN] : []), ...onPath].find(isProgram);
}

/** Installs Debian's package if this user may. Returns whether there is a Chromium now. Never throws. */
export function installChromium() {
  if (findChromium()) return true;
  if (process.platform !== 'linux' || process.getuid?.() !== 0 || !apt(['--version'])) return false;
  console.log('Installing Chromium for the tests of the report (apt-get install chromium).');
  const packages = ['-y', '--no-install-recommends', 'chromium'];
  const fetched =
    apt(['install', '--download-only', ...packages], DOWNLOAD_MS) ||
    (apt(['update'], DOWNLOAD_MS) && apt(['install', '--download-only', ...packages], DOWNLOAD_MS));
  // There is no timeout here: after an interrupted installation apt refuses all further work.
  const done = fetched && apt(['install', '--no-download', ...packages]) && findChromium() !== undefined;
  if (!done) console.log('Chromium could not be installed; the test that needs it will be skipped.');
  return done;
}

function apt(args, timeout) {
  const { status } = spawnSync('apt-get', ['-qq', '-o', 'DPkg::Lock::Timeout=20', ...args], {
    stdio: 'ignore',
    timeout,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  return status === 0;
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
