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
  const usable = found.filter((one) => 'version' in one).filter(({ version }) => MAJORS.includes(majorOf(version)));
  const [best] = usable.toSorted((a, b) => majorOf(b.version) - majorOf(a.version));
  if (best) return best;
  const seen = found
    .map((one, index) => `${places[index]} ${'version' in one ? `is ${one.version}` : one.problem}`)
    .join('; ');
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

interface Unusable {
  readonly problem: string;
}

/** A program that cannot be asked for its version must not hide another one. */
async function versionOf(place: string, env: NodeJS.ProcessEnv): Promise<FoundProgram | Unusable> {
  const run = createProgram(place, env);
  const signal = new AbortController().signal;
  const end = await run({ args: ['version', '--short'], cwd: tmpdir(), signal, timeoutMs: LIMIT_MS }).catch(unusable);
  if ('problem' in end) return end;
  const { stdout } = end;
  const [, version = `no helm, but says "${cleanText(stdout, 60).trim()}"`] =
    /^v?(\d+\.\d+(?:\.\d+)?)/.exec(stdout) ?? [];
  return { run, version };
}

function unusable(error: unknown): Unusable {
  if (!(error instanceof SluiceError)) throw error;
  return { problem: `cannot be used (${error.message.replace(/\.$/, '')})` };
}

function majorOf(version: string): number {
  return Number(version.split('.')[0]);
}
