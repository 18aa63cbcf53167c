import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SluiceError } from '../../domain/errors.ts';
import { cleanText } from '../../domain/safe-text.ts';
import type { LocalFilesPort, PackLimits } from '../../ports/local-files.ts';
import { MAX_ENTRIES } from './pack.ts';
import { requireFree, type Place } from './place.ts';
import { tarEntries, type TarEntry } from '../local/tar.ts';
import type { PackedEntry } from './tar.ts';

type Unpacked = Awaited<ReturnType<LocalFilesPort['unpack']>>;

/** Everything is written into a new folder beside the place, and then moved there in one step. */
export async function unpacked(
  tar: Uint8Array,
  name: string,
  place: Place,
  { bytes: limit, replace }: PackLimits & { readonly replace: boolean },
): Promise<Unpacked> {
  const { entries, leftOut } = await checked(tar, name, limit);
  await requireFree(place, replace);
  const work = await mkdtemp(join(dirname(place.path), '.sluice-copy-'));
  try {
    for (const entry of entries) await store(join(work, 'copy'), entry);
    await rename(join(work, 'copy'), place.path);
  } catch (cause) {
    const why = cleanText((cause as Error).message, 300);
    throw new SluiceError('NOT_APPLICABLE', `${place.shown} could not be written: ${why}.`, { cause });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  const files = entries.filter(({ type }) => type === 'file');
  return { files: files.length, bytes: files.reduce((sum, { content }) => sum + content.length, 0), leftOut };
}

/** Entries with paths below that of the copy. Links and devices are left out, so no entry can lead elsewhere. */
async function checked(tar: Uint8Array, name: string, limit: number) {
  const entries: PackedEntry[] = [];
  const leftOut: string[] = [];
  let bytes = 0;
  try {
    for await (const entry of tarEntries(tar)) {
      bytes += entry.size;
      if (bytes > limit || entries.length >= MAX_ENTRIES) throw tooLarge(limit);
      const path = below(entry.path, name);
      if (path === undefined) leftOut.push(`${cleanText(entry.path, 200)}: its path leads out of the copy`);
      else if (isPlain(entry)) entries.push(await withContent(entry, path));
      else leftOut.push(`${cleanText(entry.path, 200)}: it is no plain file`);
    }
  } catch (cause) {
    throw cause instanceof SluiceError ? cause : unreadable(cause);
  }
  if (entries.length > 0) return { entries, leftOut };
  throw new SluiceError('NOT_APPLICABLE', `The pod sent no file: ${leftOut.join('; ') || 'the archive is empty'}.`);
}

type PlainEntry = TarEntry & Pick<PackedEntry, 'type'>;
const isPlain = (entry: TarEntry): entry is PlainEntry => entry.type === 'file' || entry.type === 'folder';

async function withContent({ type, mode, content }: PlainEntry, path: string): Promise<PackedEntry> {
  return { path, type, mode, content: type === 'file' ? await content() : Buffer.alloc(0) };
}

function unreadable(cause: unknown): SluiceError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new SluiceError('NOT_APPLICABLE', `What the pod sent cannot be read: ${why}. Nothing was written.`, { cause });
}

/** The rest of a path below the copied name. Undefined if it is somewhere else. */
function below(path: string, name: string): string | undefined {
  const parts = path.replace(/\/+$/, '').split('/');
  const [first, ...rest] = parts[0] === '.' ? parts.slice(1) : parts;
  const isPlain = rest.every((part) => part !== '' && part !== '.' && part !== '..' && !part.includes('\0'));
  return first === name && isPlain ? rest.join('/') : undefined;
}

async function store(root: string, { path, type, mode, content }: PackedEntry): Promise<void> {
  const to = join(root, path);
  if (type === 'folder') {
    await mkdir(to, { recursive: true, mode: 0o700 });
    return;
  }
  if (path !== '') await mkdir(dirname(to), { recursive: true, mode: 0o700 });
  await writeFile(to, content, { flag: 'wx', mode: mode & 0o111 ? 0o700 : 0o600 });
}

function tooLarge(limit: number): SluiceError {
  return new SluiceError(
    'NOT_APPLICABLE',
    `The copy has more than ${limit} bytes or ${MAX_ENTRIES} entries. Nothing was written.`,
    { next: 'Copy a part of it, or raise max_bytes.' },
  );
}
