import { access, constants } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { SluiceError } from '../../domain/errors.ts';
import { cleanText } from '../../domain/safe-text.ts';
import { createProgram, type Program } from './program.ts';

export interface FoundProgram {
  readonly run: Program;
  /** As in `4.3` or `3.19.0`. */
  readonly version: string;
}

/** The names under which distributions install it. The newest version of those on PATH is used. */
const NAMES: readonly string[] = ['helm', 'helm4', 'helm3'];
const MAJORS: readonly number[] = [4, 3];
const LIMIT_MS = 20_000;

/**
 * The program at `path`, or the newest one on PATH. Errors: HELM_MISSING, with the versions that were found and are not
 * supported.
 */
export async function findProgram(path: string | undefined, env: NodeJS.ProcessEnv): Promise<FoundProgram> {
  const places = path === undefined ? await onPath(env['PATH'] ?? '') : [isAbsolute(path) ? path : resolve(path)];
  const found = await Promise.all(places.map((place) => versionOf(place, env)));
  const usable = found.filter(({ version }) => MAJORS.includes(majorOf(version)));
  const [best] = usable.toSorted((a, b) => majorOf(b.version) - majorOf(a.version));
  if (best) return best;
  const seen = found.map(({ version }, index) => `${places[index]} is ${version}`).join('; ');
  throw new SluiceError(
    'HELM_MISSING',
    seen === '' ? 'There is no program helm on PATH.' : `There is no helm of version 4 or 3: ${seen}.`,
  );
}

async function onPath(path: string): Promise<readonly string[]> {
  const folders = path.split(delimiter).filter(Boolean);
  const all = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  const there = await Promise.all(
    all.map((file) =>
      access(file, constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  );
  return all.filter((_, index) => there[index]);
}

async function versionOf(place: string, env: NodeJS.ProcessEnv): Promise<FoundProgram> {
  const run = createProgram(place, env);
  const signal = new AbortController().signal;
  const { stdout } = await run({ args: ['version', '--short'], cwd: tmpdir(), signal, timeoutMs: LIMIT_MS });
  const [, version = `no helm, but says "${cleanText(stdout, 60).trim()}"`] =
    /^v?(\d+\.\d+(?:\.\d+)?)/.exec(stdout) ?? [];
  return { run, version };
}

function majorOf(version: string): number {
  return Number(version.split('.')[0]);
}
