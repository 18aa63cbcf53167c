import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

const EVERY_MS = 100;

/** Aborts when the packs in a repository become larger than `bytes`: Git itself has no limit for a fetch. */
export function watchSize(repository: string, bytes: number, tooLarge: AbortController): () => void {
  const folder = join(repository, 'objects', 'pack');
  const timer = setInterval(() => {
    void sizeOf(folder).then((size) => {
      if (size > bytes) tooLarge.abort();
    });
  }, EVERY_MS);
  return () => clearInterval(timer);
}

/** The bytes of the files of a folder. 0 if it does not exist. */
export async function sizeOf(folder: string): Promise<number> {
  const names = await readdir(folder).catch(() => []);
  const sizes = names.map((name) =>
    stat(join(folder, name)).then(
      ({ size }) => size,
      () => 0,
    ),
  );
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
