import type { SourceFile } from '../../domain/onboarding/source.ts';
import { git } from './run.ts';

/** An entry of a tree. */
export interface TreeEntry extends SourceFile {
  readonly id: string;
}

/** Every file below a tree, and its links and submodules. */
export async function entriesOf(repository: string, tree: string, under?: string): Promise<readonly TreeEntry[]> {
  const args = ['ls-tree', '-r', '-l', '-z', '--full-tree', tree, ...(under === undefined ? [] : ['--', under])];
  const out = (await git({ args, cwd: repository })).toString('utf8');
  return out.split('\0').flatMap((line) => {
    const [, mode = '', id = '', size = '', path = ''] =
      /^(\d+) \w+ ([0-9a-f]+)\s+(\d+|-)\t([\s\S]*)$/.exec(line) ?? [];
    const kind = mode === '160000' ? 'submodule' : mode === '120000' ? 'link' : 'file';
    return path === '' ? [] : [{ path, kind, size: Number(size) || 0, id } as const];
  });
}

/** The content of blobs as text, by path, in the order of the entries. */
export async function textsOf(
  repository: string,
  entries: readonly Pick<TreeEntry, 'path' | 'id'>[],
): Promise<Readonly<Record<string, string>>> {
  if (entries.length === 0) return {};
  const input = entries.map(({ id }) => `${id}\n`).join('');
  const out = await git({ args: ['cat-file', '--batch'], cwd: repository, input });
  let at = 0;
  const next = (): string => {
    if (!(at < out.length)) return '';
    const end = out.indexOf('\n', at);
    const size = Number(out.subarray(at, end).toString('ascii').split(' ')[2]);
    at = end + 1 + size + 1;
    return out.subarray(end + 1, end + 1 + size).toString('utf8');
  };
  return Object.fromEntries(entries.map(({ path }) => [path, next()]));
}
