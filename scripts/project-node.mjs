import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ROOT } from './root.mjs';

/** The Node of the package `node`, which is newer than that of many machines. Undefined before set-up. */
export function projectNode(root = ROOT) {
  const path = join(root, 'node_modules', '.bin', 'node');
  return existsSync(path) ? path : undefined;
}

/**
 * Runs a file of the repository with the project's Node and returns its exit code. Ctrl-C reaches both processes. This
 * one waits until the other has cleaned up.
 */
export function runWithProjectNode(args, env = {}) {
  const bin = join(ROOT, 'node_modules', '.bin');
  const child = spawn(join(bin, 'node'), args, {
    cwd: ROOT,
    stdio: 'inherit',
    env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}`, ...env },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)));
  });
}
