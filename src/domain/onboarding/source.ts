import { unreadable } from './undecided.ts';

/** One entry of a repository's tree. */
export interface SourceFile {
  /** Relative to the chosen folder, with slashes. */
  readonly path: string;
  readonly kind: 'file' | 'link' | 'submodule';
  /** In bytes. 0 for a submodule. */
  readonly size: number;
}

/** A folder of a repository at one commit. */
export interface Source {
  /** Without credentials. */
  readonly url: string;
  /** The branch or tag that was asked for, or the default branch. */
  readonly ref: string;
  /** The full id of the commit. */
  readonly commit: string;
  /** The chosen folder, without slashes at its ends. Empty for the whole repository. */
  readonly folder: string;
  readonly files: readonly SourceFile[];
  /** The content of the files that detection reads, by path. */
  readonly texts: Readonly<Record<string, string>>;
}

/** What is known about a service, and the file that says so. */
export interface Finding {
  readonly what: string;
  readonly where: string;
}

export const hasFile = ({ files }: Source, path: string): boolean => files.some((file) => file.path === path);

/** Whether a file is code of a language that detection knows. */
export const isCode = (path: string): boolean => /\.(m?[jt]s|cjs|py|go)$/.test(path);

/** The first file of code with this pattern. */
export function codeWith({ texts }: Source, pattern: RegExp): string | undefined {
  return Object.keys(texts).find((path) => isCode(path) && pattern.test(texts[path] ?? ''));
}

/** What a JSON file of the source contains. Errors: SOURCE_REFUSED. */
export function jsonAt({ texts }: Source, path: string): unknown {
  try {
    return JSON.parse(texts[path] ?? '');
  } catch (error) {
    throw unreadable(path, error);
  }
}
