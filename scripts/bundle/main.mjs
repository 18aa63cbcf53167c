// Writes dist/<id>/ with the bundle, and dist/bundle.json, which bin/fresh-bundle.mjs reads.
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join, relative, sep } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { rolldown } from 'rolldown';
import { ROOT } from '../root.mjs';
import { bridgeInput, bridgeOutput, inputOptions, outputOptions } from './options.mjs';

const DIST = join(ROOT, 'dist');
/** A process that runs an older bundle still loads parts of it, so the last ones stay. */
const KEPT = 5;
/** The coarsest time of change that file systems record, and a little more. */
const SETTLED_MS = 1_100;

await main();

/** A change while the bundle is made must not stay unseen, so all files are older than the beginning. */
async function main() {
  for (let turn = 0; turn < 3; turn += 1) {
    const began = Date.now();
    const cli = await generated(inputOptions(ROOT, join(DIST, 'id')), outputOptions());
    const bridge = await generated(bridgeInput(ROOT), bridgeOutput());
    requireDeclared(cli.output);
    requireAlone(bridge.output);
    const youngest = Math.max(...[...cli.files, ...bridge.files].map(([, , mtimeMs]) => mtimeMs));
    if (youngest < began - SETTLED_MS) return publish(cli, bridge);
    await sleep(Math.max(0, youngest + SETTLED_MS - Date.now()));
  }
  throw new Error('the sources changed while they were bundled');
}

async function generated(input, options) {
  const made = await rolldown(input);
  const { output } = await made.generate(options);
  const files = filesOf(await made.watchFiles);
  await made.close();
  return { output, files };
}

/** The bridge is one file, and has no code of others: their licences would have to go with it. */
function requireAlone(output) {
  const [{ imports, moduleIds }, ...more] = output;
  const foreign = [
    ...imports.filter((id) => !id.startsWith('node:')),
    ...moduleIds.filter((id) => /node_modules/.test(id)),
  ];
  if (more.length > 0 || foreign.length > 0)
    throw new Error(
      `the bridge is not one file of our own code: ${[...more.map(({ fileName }) => fileName), ...foreign]}`,
    );
}

/** A package that the bundle loads, and that nobody installs, would be missed only when a command needs it. */
function requireDeclared(output) {
  const { dependencies } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
  const own = new Set(output.map(({ fileName }) => fileName));
  for (const id of output.flatMap(({ imports, dynamicImports }) => [...imports, ...dynamicImports])) {
    const name = id.split('/', id.startsWith('@') ? 2 : 1).join('/');
    if (!own.has(id) && !id.startsWith('node:') && !Object.hasOwn(dependencies, name))
      throw new Error(`the bundle imports ${id}, which is no dependency`);
  }
}

/** Path, size and time of change: of each source, and of the package.json of each package in the bundle. */
function filesOf(ids) {
  const paths = new Set([...ids].filter((id) => !id.includes('\0')).map((id) => watched(relative(ROOT, id))));
  for (const own of ['main.mjs', 'options.mjs']) paths.add(`scripts/bundle/${own}`);
  return [...paths].sort().map((path) => {
    const { size, mtimeMs } = statSync(join(ROOT, path));
    return [path, size, mtimeMs];
  });
}

function watched(path) {
  const posix = path.split(sep).join('/');
  const [pack] = /^.*node_modules\/(@[^/]+\/)?[^/]+\//.exec(posix) ?? [];
  return pack === undefined ? posix : `${pack}package.json`;
}

function publish({ output: ofCli, files }, bridge) {
  const output = [...ofCli, ...bridge.output];
  const id = createHash('sha256')
    .update(output.map(({ code }) => code).join('\0'))
    .digest('hex')
    .slice(0, 16);
  const target = join(DIST, id);
  if (!existsSync(target)) {
    const draft = join(DIST, `draft-${process.pid}`);
    mkdirSync(draft, { recursive: true });
    for (const { fileName, code } of output) writeFileSync(join(draft, fileName), code);
    renameSync(draft, target);
  }
  utimesSync(target, new Date(), new Date());
  const manifest = join(DIST, `manifest-${process.pid}`);
  writeFileSync(
    manifest,
    JSON.stringify({ entry: `${id}/cli.mjs`, files, bridge: `${id}/bridge.mjs`, bridgeFiles: bridge.files }),
  );
  renameSync(manifest, join(DIST, 'bundle.json'));
  forgetOldest();
}

function forgetOldest() {
  const found = readdirSync(DIST)
    .filter((name) => /^[0-9a-f]{16}$/.test(name))
    .map((name) => ({ name, at: statSync(join(DIST, name)).mtimeMs }))
    .sort((a, b) => b.at - a.at);
  for (const { name } of found.slice(KEPT)) rmSync(join(DIST, name), { recursive: true, force: true });
}
