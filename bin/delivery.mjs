#!/usr/bin/env node
// The programs clone-and-setup, substitute-templates and build-and-push of package.json:
// `clone-and-setup <git url> <name> <version>` is `sluice onboard --write`, and
// `substitute-templates <folder>` is `sluice delivery render` and
// `build-and-push <folder> [tag]` is `sluice delivery build` for that folder of a deployment.
import { basename, dirname, resolve } from 'node:path';

const [, , ...args] = process.argv;
const program = basename(process.argv[1]).replace(/\.mjs$/, '');

/** `<repository>/deployments/<name>` as the words that name it. */
function folderWords(folder, more) {
  const path = resolve(folder);
  if (basename(dirname(path)) !== 'deployments') {
    process.stderr.write(`${program}: ${path} is not a folder of deployments/.\n`);
    process.exit(2);
  }
  return [basename(path), ...more, '--set', `SLUICE_DEPLOYMENTS=${dirname(dirname(path))}`];
}

function about() {
  const [folder, ...more] = args;
  return folder === undefined || folder.startsWith('-') ? args : folderWords(folder, more);
}

const PROGRAMS = {
  'clone-and-setup': () => ['onboard', ...args, '--write'],
  'substitute-templates': () => ['delivery', 'render', ...about()],
  'build-and-push': () => ['delivery', 'build', ...about()],
};
if (!Object.hasOwn(PROGRAMS, program)) {
  process.stderr.write(`${program}: start it as ${Object.keys(PROGRAMS).join(' or ')}, or call \`sluice onboard\`.\n`);
  process.exit(2);
}
process.argv.splice(2, args.length, ...PROGRAMS[program]());
await import('./sluice.mjs');
