import { constants } from 'node:fs';
import { lstat, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SluiceError } from '../../domain/errors.ts';
import type { PackedFiles, PackLimits } from '../../ports/local-files.ts';
import type { Place } from './place.ts';
import { tarOf, type PackedEntry } from './tar.ts';

export const MAX_ENTRIES = 5000;

interface Bag {
  readonly entries: PackedEntry[];
  readonly leftOut: string[];
  bytes: number;
}

export async function packed({ path, shown }: Place, name: string, { bytes }: PackLimits): Promise<PackedFiles> {
  const bag: Bag = { entries: [], leftOut: [], bytes: 0 };
  await add(path, name, bag, bytes, shown);
  const files = bag.entries.filter(({ type }) => type === 'file').length;
  if (bag.entries.length === 0)
    throw new SluiceError('NOT_APPLICABLE', `${shown} is not a plain file or a folder: ${bag.leftOut.join(', ')}.`);
  return { tar: tarOf(bag.entries), files, bytes: bag.bytes, leftOut: bag.leftOut };
}

async function add(path: string, name: string, bag: Bag, limit: number, shown: string): Promise<void> {
  if (bag.entries.length >= MAX_ENTRIES) throw tooLarge(shown, `has more than ${MAX_ENTRIES} entries`);
  const there = await lstat(path).catch(() => {
    throw new SluiceError('NOT_APPLICABLE', `${shown} does not exist or cannot be read.`);
  });
  if (there.isDirectory()) {
    bag.entries.push({ path: name, type: 'folder', mode: there.mode, content: Buffer.alloc(0) });
    for (const child of (await readdir(path)).toSorted())
      await add(join(path, child), `${name}/${child}`, bag, limit, shown);
  } else if (there.isFile()) {
    if (bag.bytes + there.size > limit) throw tooLarge(shown, `is larger than ${limit} bytes`);
    const content = await contentOf(path);
    bag.bytes += content.length;
    bag.entries.push({ path: name, type: 'file', mode: there.mode, content });
  } else bag.leftOut.push(`${name}: it is ${there.isSymbolicLink() ? 'a symbolic link' : 'no plain file'}`);
}

/** Somebody may have put a link in the place of the file meanwhile. */
async function contentOf(path: string): Promise<Buffer> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    return await file.readFile();
  } finally {
    await file.close();
  }
}

function tooLarge(shown: string, why: string): SluiceError {
  return new SluiceError('NOT_APPLICABLE', `${shown} ${why}. Nothing was copied.`, {
    next: 'Copy a part of it, or raise max_bytes.',
  });
}
