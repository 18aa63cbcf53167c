#!/usr/bin/env node
// No dependency and no new syntax: this file has to run on any Node to say what is missing.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { fileURLToPath } from 'node:url';
import { freshBundle } from './fresh-bundle.mjs';

const LEAST = [22, 19];
const root = new URL('../', import.meta.url);
const newer = fileURLToPath(new URL('node_modules/.bin/node', root));

function newEnough([major, minor]) {
  const [thisMajor, thisMinor] = process.versions.node.split('.').map(Number);
  return thisMajor > major || (thisMajor === major && thisMinor >= minor);
}

function refuse(message) {
  process.stderr.write(`sluice: ${message}\n`);
  process.exit(1);
}

/** The other Node must not outlive this process, nor miss its signals: servers run here. */
function runWithNewerNode() {
  const child = spawn(newer, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, SLUICE_REEXECUTED: '1' },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(signal ? 1 : code));
  child.on('error', (error) => refuse(`cannot run ${newer}: ${error.message}`));
}

if (!existsSync(new URL('node_modules/commander', root))) {
  refuse('its packages are not installed. Run npm install in the folder of this program, with Node 22.19 or newer.');
} else if (newEnough(LEAST)) {
  // Starts a third sooner from the second time on. Where it cannot be kept, Node goes on without.
  nodeModule.enableCompileCache();
  const { main } = await import(freshBundle(root) ?? new URL('src/entry/cli.ts', root));
  await main(process.argv.slice(2));
} else if (!process.env.SLUICE_REEXECUTED && existsSync(newer)) {
  runWithNewerNode();
} else {
  refuse(`needs Node ${LEAST.join('.')} or newer; this is ${process.versions.node}.`);
}
