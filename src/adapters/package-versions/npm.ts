import { rsort, valid } from 'semver';
import { z } from 'zod';
import { ask, unresolved } from './ask.ts';

const Found = z.union([z.string().transform((one) => [one]), z.array(z.string())]);
const Tags = z.object({ latest: z.string().optional() }).catch({});

/**
 * The version that npm would install. npm takes the version tagged `latest` if the range contains it, else the highest
 * of the range (https://github.com/npm/npm-pick-manifest). Errors: SERVER_VERSION_NOT_EXACT.
 */
export async function npmVersion(spec: string, env: NodeJS.ProcessEnv): Promise<string> {
  const view = (...fields: string[]) =>
    ask({ program: 'npm', args: ['view', '--json', spec, ...fields], env, spec }).then(fromJson);
  const found = Found.safeParse(await view('version')).data ?? [];
  if (found.length < 2) return exactly(found[0], spec);
  const { latest } = await view('dist-tags').then((tags) => Tags.parse(Array.isArray(tags) ? tags[0] : tags));
  return exactly(latest !== undefined && found.includes(latest) ? latest : rsort([...found])[0], spec);
}

/** npm prints nothing if no version is in the range. */
const fromJson = (text: string): unknown => (text.trim() === '' ? undefined : JSON.parse(text));

function exactly(version: string | undefined, spec: string): string {
  if (version !== undefined && valid(version)) return version;
  throw unresolved(spec, 'npm knows no such version');
}
