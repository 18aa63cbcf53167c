import { randomUUID } from 'node:crypto';
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { copyFile, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { SluiceError } from '../../domain/errors.ts';

/** The content of a file. Undefined if it does not exist. Errors: SERVER_FILE_UNAVAILABLE, SERVER_FILE_INVALID. */
export function readText(file: string): string | undefined {
  const bytes = readBytes(file);
  if (bytes === undefined) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new SluiceError('SERVER_FILE_INVALID', `${file} is not UTF-8 text.`, { cause });
  }
}

function readBytes(file: string): Uint8Array | undefined {
  try {
    return readFileSync(file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw unavailable(file, 'read', error);
  }
}

/**
 * Replaces the content of a file in one step: readers see the old or the new content, also after a crash. A link stays
 * a link, and the access rights stay. `mode`: the rights of a new file. `backup`: the old content is kept in
 * `<file>.bak`. Errors: SERVER_FILE_UNAVAILABLE.
 */
export async function writeText(
  file: string,
  text: string,
  { mode, backup }: { readonly mode: number; readonly backup: boolean },
): Promise<void> {
  const target = linked(file);
  const draft = join(dirname(target), `.${basename(target)}.${randomUUID().slice(0, 8)}.tmp`);
  try {
    const old = rightsOf(target);
    if (backup && old !== undefined) await copyFile(target, `${target}.bak`);
    await writeDraft(draft, text, old ?? mode);
    await rename(draft, target);
    await flushFolder(dirname(target));
  } catch (error) {
    await rm(draft, { force: true }).catch(() => undefined);
    throw unavailable(file, 'written', error);
  }
}

async function writeDraft(draft: string, text: string, mode: number): Promise<void> {
  const handle = await open(draft, 'wx', mode);
  try {
    await handle.writeFile(text);
    // The mode of `open` is limited by the umask; an existing file may have more rights.
    await handle.chmod(mode);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Not every system can flush a folder. */
async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => undefined);
  await handle?.sync().catch(() => undefined);
  await handle?.close();
}

function linked(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}

function rightsOf(file: string): number | undefined {
  const found = statSync(file, { throwIfNoEntry: false });
  return found && found.mode & 0o777;
}

function unavailable(file: string, verb: 'read' | 'written', cause: unknown): SluiceError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new SluiceError('SERVER_FILE_UNAVAILABLE', `${file} cannot be ${verb}: ${reason}`, { cause });
}
