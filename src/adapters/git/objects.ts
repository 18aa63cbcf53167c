import type { SourceFile } from '../../domain/onboarding/source.ts';
import { git } from './run.ts';

/** An entry of a tree. */
export interface TreeEntry extends SourceFile {
  readonly id: string;
  readonly executable: boolean;
}

/** Every file below a tree, and its links and submodules. */
export async function entriesOf(repository: string, tree: string, under?: string): Promise<readonly TreeEntry[]> {
  const args = ['ls-tree', '-r', '-l', '-z', '--full-tree', tree, ...(under === undefined ? [] : ['--', under])];
  const out = (await git({ args, cwd: repository })).toString('utf8');
  return out.split('\0').flatMap((line) => {
    const [, mode = '', id = '', size = '', path = ''] =
      /^(\d+) \w+ ([0-9a-f]+)\s+(\d+|-)\t([\s\S]*)$/.exec(line) ?? [];
    const kind = mode === '160000' ? 'submodule' : mode === '120000' ? 'link' : 'file';
    return path === '' ? [] : [{ path, kind, size: Number(size) || 0, id, executable: mode === '100755' } as const];
  });
}

/** The content of blobs as text, in the order of their ids. */
export async function textsOf(repository: string, ids: readonly string[]): Promise<readonly string[]> {
  if (ids.length === 0) return [];
  const out = await git({ args: ['cat-file', '--batch'], cwd: repository, input: `${ids.join('\n')}\n` });
  const texts: string[] = [];
  for (let at = 0; at < out.length; ) {
    const end = out.indexOf('\n', at);
    const size = Number(out.subarray(at, end).toString('ascii').split(' ')[2]);
    texts.push(out.subarray(end + 1, end + 1 + size).toString('utf8'));
    at = end + 1 + size + 1;
  }
  return texts;
}
