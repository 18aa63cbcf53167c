import { isCode, type SourceFile } from './source.ts';

/** Files that say how a service is built and started. */
const ABOUT =
  /^(package\.json|package-lock\.json|pnpm-workspace\.yaml|yarn\.lock|pyproject\.toml|requirements\.txt|go\.mod|Dockerfile|server\.json|\.dockerignore)$/;
const MEMBER = /^(?:[\w.@-]+\/){1,3}package\.json$/;
const SKIPPED = /(^|\/)(node_modules|vendor|dist|test|tests|__tests__|testdata|docs|examples?|\.git)\//;
const MAX_CODE = { files: 300, bytes: 128 * 1024 };
const MAX_ABOUT_BYTES = 8 * 1024 * 1024;

/** The files whose content detection needs: those about the service, and at most 300 files of code, the upper first. */
export function readFirst(files: readonly SourceFile[]): readonly string[] {
  const plain = files.filter(({ kind, path }) => kind === 'file' && !SKIPPED.test(path));
  const about = plain.filter(({ path, size }) => (ABOUT.test(path) || MEMBER.test(path)) && size <= MAX_ABOUT_BYTES);
  const code = plain
    .filter(({ path, size }) => isCode(path) && size <= MAX_CODE.bytes)
    .toSorted((a, b) => depth(a.path) - depth(b.path) || (a.path < b.path ? -1 : 1));
  return [...about, ...code.slice(0, MAX_CODE.files)].map(({ path }) => path);
}

const depth = (path: string): number => path.split('/').length;
