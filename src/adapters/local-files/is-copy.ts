import { entriesOf } from './tar.ts';

/** Whether every file of an archive is in another one, with the same content. */
export function isCopy(of: Uint8Array, tar: Uint8Array): boolean {
  const there = filesIn(tar);
  return [...filesIn(of)].every(([path, content]) => there.get(path)?.equals(content) === true);
}

function filesIn(tar: Uint8Array): ReadonlyMap<string, Buffer> {
  const files = [...entriesOf(tar)].filter(({ type }) => type === 'file');
  return new Map(files.map(({ path, content }) => [path.replace(/^\.\//, ''), Buffer.from(content)]));
}
