import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

const Announced = z.object({ server: z.string(), address: z.url(), host: z.string() });

/** A process on this machine that answers slowly still counts, so the time is long. */
const TIMEOUT_MS = 2_000;

/**
 * Writes down that a gateway process serves `server`, with the address of its pages. The file is for its owner only,
 * and Git ignores it.
 * Returns the function that removes it. Throws the error of the file system.
 */
export async function announce(folder: string, server: string, address: string): Promise<() => Promise<void>> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFile(join(folder, '.gitignore'), '*\n');
  const file = join(folder, `${randomUUID()}.json`);
  await writeFile(`${file}.tmp`, JSON.stringify({ server, address, host: hostname() }), { mode: 0o600 });
  await rename(`${file}.tmp`, file);
  return () => rm(file, { force: true });
}

/**
 * The addresses of the processes on this machine that are written down in the folders and still run. What a process has
 * left behind that ended without a word is removed. `server`: only those that serve it.
 */
export async function announced(folders: readonly string[], server?: string): Promise<readonly string[]> {
  const files = (await Promise.all(folders.map(filesIn))).flat();
  const found = await Promise.all(files.map((file) => addressIn(file, server)));
  return found.flatMap((address) => address ?? []).toSorted();
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder).catch(() => []);
  return names.filter((name) => name.endsWith('.json')).map((name) => join(folder, name));
}

async function addressIn(file: string, server: string | undefined): Promise<string | undefined> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  const { data } = Announced.safeParse(text === undefined ? undefined : parsed(text));
  if (!data || data.host !== hostname() || (server !== undefined && data.server !== server)) return undefined;
  if (await runs(data.address)) return data.address;
  await rm(file, { force: true }).catch(() => undefined);
  return undefined;
}

/** No other process knows the path of an address, so only the process itself answers there. */
async function runs(address: string): Promise<boolean> {
  try {
    const response = await fetch(`${address}/healthz`, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    await response.body?.cancel();
    return response.ok;
  } catch (error) {
    return error instanceof DOMException && error.name === 'TimeoutError';
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
