import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

import type { Binary } from '../manifest.ts';
import type { Attempt, Context } from './attempt.ts';

const run = promisify(execFile);

export function findOnPath(name: string, env: NodeJS.ProcessEnv): string | undefined {
  return (env['PATH'] ?? '')
    .split(delimiter)
    .filter(Boolean)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
}

/**
 * The version of a binary on PATH is checked first, because a control plane of mixed versions fails later and less
 * clearly.
 */
export async function fromPath(binary: Binary, context: Context): Promise<Attempt> {
  const path = findOnPath(binary.name, context.env);
  if (!path) return { skipped: 'not there', expected: true };
  try {
    const { stdout, stderr } = await run(path, binary.versionArgs, { timeout: 10_000, env: context.env });
    const text = stdout + stderr;
    if (binary.accepts.pattern.test(text)) return { path, source: `PATH (${path})` };
    const version = /v?\d+\.\d+\.\d+/.exec(text)?.[0] ?? 'an unknown version';
    return { skipped: `${path} is ${version}; needed: ${binary.accepts.words}` };
  } catch {
    return { skipped: `${path} does not answer "${binary.versionArgs.join(' ')}"` };
  }
}
