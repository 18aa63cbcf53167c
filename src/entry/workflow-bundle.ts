import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { version } from '../config/version.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** All sources of the bundle, in addition to the packages that the lock file fixes. */
const SOURCES = ['workflows', 'activities', 'src/domain'];

/**
 * Path of the bundled workflow code. It is built when the sources have changed: bundling takes seconds, and a killed
 * worker should restart quickly. `home`: the folder that contains it.
 */
export async function workflowBundle(home: string): Promise<string> {
  const path = resolve(home, 'bundles', `${await digest()}.js`);
  if (!existsSync(path)) await build(path);
  return path;
}

/** The name of this build: the version of the package and the digest of its workflow code. */
export async function buildName(): Promise<string> {
  return `${version()}-${(await digest()).slice(0, 10)}`;
}

async function build(path: string): Promise<void> {
  const { bundleWorkflowCode, DefaultLogger } = await import('@temporalio/worker');
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(ROOT, 'workflows/index.ts'),
    workflowInterceptorModules: [join(ROOT, 'workflows/tracing.ts')],
    logger: new DefaultLogger('WARN'),
  });
  await mkdir(resolve(path, '..'), { recursive: true });
  // The file is renamed, so that two workers that start together never read a partial file.
  const part = `${path}.${process.pid}`;
  await writeFile(part, code);
  await rename(part, path);
}

async function digest(): Promise<string> {
  const hash = createHash('sha256').update(await readFile(join(ROOT, 'package.json')));
  for (const folder of SOURCES) {
    const names = await readdir(join(ROOT, folder), { recursive: true });
    for (const name of names.filter((one) => one.endsWith('.ts')).sort())
      hash.update(name).update(await readFile(join(ROOT, folder, name)));
  }
  return hash.digest('hex').slice(0, 24);
}
