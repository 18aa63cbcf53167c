import { execFile } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

import { withLock } from '../processes/lock.ts';
import { CRDS } from '../manifest.ts';
import type { AddOn } from '../manifest.ts';

const run = promisify(execFile);

/** The Go checksum database verifies the module, so this repository needs no copy of its files. */
async function moduleFolder(module: string, version: string, env: NodeJS.ProcessEnv): Promise<string> {
  try {
    const { stdout } = await run('go', ['mod', 'download', '-json', `${module}@${version}`], {
      env: { ...env, GOWORK: 'off' },
      cwd: '/',
      timeout: 300_000,
    });
    return (JSON.parse(stdout) as { Dir: string }).Dir;
  } catch (error) {
    const why = (error as { stdout?: string }).stdout?.match(/"Error": "(.*)"/)?.[1] ?? String(error);
    throw new Error(
      `The resource definitions of ${module} ${version} could not be had: ${why}. Go and its module proxy are needed for them once.`,
    );
  }
}

/** Definitions whose modules have no files: controller-gen has made them from the modules' types. */
const MADE = join(import.meta.dirname, '..', 'crds');

/**
 * Paths of the CRD files of every sandbox, or of those of an add-on. Missing files are first downloaded to the cache.
 */
export async function acquireCrds(
  cache: string,
  addOn?: AddOn,
  env: NodeJS.ProcessEnv = process.env,
): Promise<string[]> {
  return withLock(`crds ${cache}`, async () => {
    const made = addOn === undefined ? undefined : join(MADE, addOn);
    const files = made !== undefined && existsSync(made) ? readdirSync(made).map((name) => join(made, name)) : [];
    for (const crd of CRDS.filter((one) => one.addOn === addOn)) {
      const target = join(cache, 'crds', `${crd.name}-${crd.version}`);
      if (!existsSync(target)) await copyCrds(crd, target, env);
      files.push(...readdirSync(target).map((name) => join(target, name)));
    }
    return files;
  });
}

async function copyCrds(crd: (typeof CRDS)[number], target: string, env: NodeJS.ProcessEnv): Promise<void> {
  const from = join(await moduleFolder(crd.module, crd.version, env), crd.path);
  mkdirSync(dirname(target), { recursive: true });
  const folder = mkdtempSync(`${target}.`);
  try {
    for (const name of readdirSync(from).filter((file) => crd.pattern.test(file)))
      copyFileSync(join(from, name), join(folder, name));
    renameSync(folder, target);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The single documents of a YAML file, as text. The API server parses them, so this process does not. */
export function documents(file: string): string[] {
  return readFileSync(file, 'utf8')
    .split(/^---\s*$/m)
    .filter((text) => /^kind:/m.test(text));
}
