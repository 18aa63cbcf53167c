import { SluiceError } from '../../domain/errors.ts';
import type { RegisteredServer, Scope } from '../../domain/servers/server.ts';
import { serversFile, type ServersFile } from '../../contract/server-record.ts';
import { readText, writeText } from '../local/text-file.ts';

/** The record of one scope: its servers by name, and the clients' entries that a migration has replaced. */
export interface Versions {
  readonly servers: ReadonlyMap<string, RegisteredServer>;
  readonly originals: Readonly<Record<string, unknown>>;
  /** The text of these entries, by name. */
  readonly originalTexts: Readonly<Record<string, string>>;
}

/** Errors: SERVER_FILE_INVALID, SERVER_FILE_UNAVAILABLE. */
export function readVersions(file: string, scope: Scope): Versions {
  const { servers, originals = {}, original_texts: originalTexts = {} } = parsed(file, readText(file));
  const entries = Object.entries(servers).map(
    ([name, server]) => [name, { name, scope, ...server } as RegisteredServer] as const,
  );
  return { servers: new Map(entries), originals, originalTexts };
}

/** Replaces the file. Only its owner can read a new one, because commands may contain more than a client's entry. */
export async function writeVersions(file: string, { servers, originals, originalTexts }: Versions): Promise<void> {
  const entries = [...servers.values()].map(({ name, scope: _, ...server }) => [name, server] as const);
  const content = {
    schema: 1,
    servers: Object.fromEntries(entries),
    ...(Object.keys(originals).length > 0 ? { originals } : {}),
    ...(Object.keys(originalTexts).length > 0 ? { original_texts: originalTexts } : {}),
  };
  await writeText(file, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600, backup: true });
}

function parsed(file: string, text: string | undefined): ServersFile {
  if (text === undefined) return { schema: 1, servers: {} };
  const result = serversFile.safeParse(jsonOf(file, text));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new SluiceError('SERVER_FILE_INVALID', `${file}, ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`, {
    next: `Correct the named field, or restore ${file}.bak.`,
    details: { file },
  });
}

function jsonOf(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SluiceError('SERVER_FILE_INVALID', `${file} is not JSON: ${reason}`, {
      next: `Correct the file, or restore ${file}.bak.`,
      details: { file },
      cause,
    });
  }
}
