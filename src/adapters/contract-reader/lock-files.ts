import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { SluiceError } from '../../domain/errors.ts';
import { canonical } from '../../domain/servers/contract/canonical.ts';
import { ITEM_KINDS, type ContractLock } from '../../domain/servers/contract/lock.ts';
import { readText, writeText } from '../local/text-file.ts';

const json = z.record(z.string(), z.unknown());
const lockFile = z.strictObject({
  schema: z.literal(1),
  server: z.string(),
  version: z.string(),
  eras: z.array(z.string()),
  capabilities: json,
  instructions: z.string().optional(),
  items: z.array(z.strictObject({ kind: z.enum(ITEM_KINDS), name: z.string(), hash: z.string(), definition: json })),
  hash: z.string(),
});

export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** Sorted keys and one line for each value, so that a person can read a difference. */
export function textOf(lock: ContractLock): string {
  return `${JSON.stringify(JSON.parse(canonical(lock)), null, 2)}\n`;
}

/** Returns the file. */
export async function saveLock(folder: string, lock: ContractLock): Promise<string> {
  const file = fileOf(folder, lock.server, lock.version);
  // If the folder cannot be made, the file cannot be written, which is reported.
  await mkdir(folder, { recursive: true }).catch(() => undefined);
  await writeText(file, textOf(lock), { mode: 0o644, backup: false });
  return file;
}

/** Errors: SERVER_FILE_INVALID, also if an item does not have its hash; SERVER_FILE_UNAVAILABLE. */
export function findLock(folder: string, server: string, version: string): ContractLock | undefined {
  const file = fileOf(folder, server, version);
  const text = readText(file);
  return text === undefined ? undefined : lockIn(file, text);
}

/** Errors: SERVER_FILE_INVALID, also if an item does not have its hash. */
export function lockIn(file: string, text: string): ContractLock {
  const lock = parsed(file, text);
  const wrong = lock.items.find(({ hash, definition }) => hash !== sha256(canonical(definition)));
  if (wrong) throw invalid(file, `${wrong.kind} ${wrong.name} does not have its hash`);
  return lock as ContractLock;
}

function parsed(file: string, text: string): z.output<typeof lockFile> {
  try {
    return lockFile.parse(JSON.parse(text));
  } catch (error) {
    throw invalid(file, error instanceof z.ZodError ? z.prettifyError(error) : String(error));
  }
}

function fileOf(folder: string, server: string, version: string): string {
  return join(folder, `${server}@${version}.json`);
}

function invalid(file: string, reason: string): SluiceError {
  return new SluiceError('SERVER_FILE_INVALID', `${file}: ${reason}.`, {
    next: 'Remove the file: it is written again (mcp_server_lock, or the next delivery).',
    details: { file },
  });
}
