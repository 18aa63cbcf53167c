import { SluiceError } from '../errors.ts';
import { cleanText } from '../safe-text.ts';
import type { SourceFile } from './source.ts';

/** The most that a folder of a repository may contain. */
export interface SourceLimits {
  readonly files: number;
  readonly bytes: number;
}

const SHOWN = 5;

/**
 * Refuses what a build could not contain completely, or what would lead out of the folder. `targets`: the text of each
 * symbolic link, by path. Errors: SOURCE_REFUSED, SOURCE_TOO_LARGE, SOURCE_EMPTY.
 */
export function requireSafe(
  files: readonly SourceFile[],
  targets: Readonly<Record<string, string>>,
  limits: SourceLimits,
): void {
  requireSize(files, limits);
  const modules = files.filter(({ kind }) => kind === 'submodule');
  if (modules.length > 0) throw refused('submodules, which are not followed', modules);
  const out = files.filter(({ kind, path }) => kind === 'link' && leadsOut(path, targets[path] ?? '/'));
  if (out.length > 0) throw refused('symbolic links that lead out of the folder', out);
}

/** Errors: SOURCE_EMPTY, SOURCE_TOO_LARGE. */
export function requireSize(files: readonly SourceFile[], limits: SourceLimits): void {
  if (files.length === 0) throw new SluiceError('SOURCE_EMPTY', 'The folder of the repository has no files.');
  if (files.length > limits.files)
    throw new SluiceError('SOURCE_TOO_LARGE', `The folder has ${files.length} files; ${limits.files} are the most.`);
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  if (bytes > limits.bytes)
    throw new SluiceError(
      'SOURCE_TOO_LARGE',
      `The folder has ${megabytes(bytes)} MB; ${megabytes(limits.bytes)} MB are the most.`,
    );
}

export const megabytes = (bytes: number): number => Math.ceil(bytes / 1024 / 1024);

/** Whether a link at `path` with this text names something outside of the folder. */
function leadsOut(path: string, target: string): boolean {
  if (target.startsWith('/') || /^[A-Za-z]:/.test(target)) return true;
  let depth = path.split('/').length - 1;
  return target.split(/[/\\]/).some((part) => {
    if (part === '..') depth -= 1;
    else if (part !== '' && part !== '.') depth += 1;
    return depth < 0;
  });
}

function refused(what: string, files: readonly SourceFile[]): SluiceError {
  const names = files.slice(0, SHOWN).map(({ path }) => cleanText(path, 100));
  const more = files.length > SHOWN ? ` and ${files.length - SHOWN} more` : '';
  return new SluiceError('SOURCE_REFUSED', `The folder has ${what}: ${names.join(', ')}${more}.`);
}
