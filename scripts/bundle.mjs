// Bundles the command line, so that each start of `sluice` loads a few files in place of hundreds. npm runs this after
// an installation (`prepare`), and so does set-up. Without a bundle the same sources run, and start slower.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectNode } from './project-node.mjs';
import { ROOT } from './root.mjs';

/** Never fails: what it cannot do is one line on stderr. */
export function bundle(root = ROOT) {
  if (!existsSync(join(root, 'node_modules', 'rolldown'))) return skipped('the package rolldown is not installed');
  const script = join(root, 'scripts', 'bundle', 'main.mjs');
  const { status, stderr, error } = spawnSync(projectNode(root) ?? process.execPath, [script], { encoding: 'utf8' });
  if (status !== 0) skipped((error?.message ?? lastWords(stderr)) || `it ended with status ${status}`);
}

function lastWords(stderr) {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '');
  return lines.find((line) => /^\w*Error\b/.test(line)) ?? lines.at(-1) ?? '';
}

function skipped(why) {
  console.error(`Not bundled, so commands start from the sources, more slowly: ${why}.`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) bundle();
