import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { version } from '../config/version.ts';
import { SluiceError } from '../domain/errors.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
/** All sources of the bundle, in addition to the packages that the lock file fixes. */
const SOURCES = ['workflows', 'activities', 'src/domain'];

/** Where an image has the code of its own sources, which scripts/bundle-workflows.ts has built with it. */
const IN_IMAGE = join(ROOT, 'dist');

/**
 * Path of the bundled workflow code. It is built when the sources have changed: bundling takes seconds, and a killed
 * worker should restart quickly. `home`: the folder that contains it, unless the image does. Throws
 * WORKFLOW_CODE_UNBUILT.
 */
export async function workflowBundle(home: string): Promise<string> {
  const file = join('bundles', `${await digest()}.js`);
  const places = [resolve(home, file), join(IN_IMAGE, file)];
  const found = places.find((path) => existsSync(path));
  return found ?? build(places[0]!);
}

/** Builds the code into the image. */
export const bundleForImage = (): Promise<string> => workflowBundle(IN_IMAGE);

/** The name of this build: the version of the package and the digest of its workflow code. */
export async function buildName(): Promise<string> {
  return `${version()}-${(await digest()).slice(0, 10)}`;
}

async function build(path: string): Promise<string> {
  const { bundleWorkflowCode, DefaultLogger } = await import('@temporalio/worker');
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(ROOT, 'workflows/index.ts'),
    workflowInterceptorModules: [join(ROOT, 'workflows/tracing.ts')],
    logger: new DefaultLogger('WARN'),
  }).catch((cause: unknown) => {
    throw new SluiceError('WORKFLOW_CODE_UNBUILT', 'The workflow code cannot be built: its errors are above.', {
      cause,
    });
  });
  await mkdir(resolve(path, '..'), { recursive: true });
  // The file is renamed, so that two workers that start together never read a partial file.
  const part = `${path}.${process.pid}`;
  await writeFile(part, code);
  await rename(part, path);
  return path;
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
