import { tarEntries } from '../local/tar.ts';

/** Whether every file of an archive is in another one, with the same content. */
export async function isCopy(of: Uint8Array, tar: Uint8Array): Promise<boolean> {
  const there = await filesIn(tar);
  return [...(await filesIn(of))].every(([path, content]) => there.get(path)?.equals(content) === true);
}

async function filesIn(tar: Uint8Array): Promise<ReadonlyMap<string, Buffer>> {
  const files = new Map<string, Buffer>();
  for await (const { path, type, content } of tarEntries(tar))
    if (type === 'file') files.set(path.replace(/^\.\//, ''), await content());
  return files;
}
