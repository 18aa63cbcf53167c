import { SluiceError } from '../../domain/errors.ts';
import { blueOf, emptyServer, type RegisteredServer } from '../../domain/servers/server.ts';
import type { EntryEdit } from '../../ports/server-registry.ts';
import { editClientFile, readClientFile } from './client-file.ts';
import {
  entrySource,
  parseClientText,
  withEntry,
  withEntrySource,
  withHistory,
  type ClientText,
} from './client-text.ts';
import type { Place } from './places.ts';
import { readVersions, writeVersions } from './versions-file.ts';

// The caller holds the lock of the place. The versions are written before the client's file. If the process dies in
// between, the client's file has the names of the last change, and the next change of that server writes them again.

/** Errors: SERVER_CHANGED, SERVER_FILE_INVALID (before anything is written), SERVER_FILE_UNAVAILABLE, those of `fn`. */
export async function changeServer(
  place: Place,
  name: string,
  expected: number | undefined,
  fn: (server: RegisteredServer) => RegisteredServer,
): Promise<RegisteredServer> {
  const { servers, ...kept } = readVersions(place.versions, place.scope);
  const before = servers.get(name) ?? emptyServer(name, place.scope);
  if (expected !== undefined && expected !== before.revision) throw late(before, expected);
  const after = fn(before);
  if (after === before) return before;
  readClientFile(place);
  await writeVersions(place.versions, { servers: new Map([...servers, [name, after]]), ...kept });
  await editClientFile(place, (client) => withHistory(client, name, summaryOf(after)));
  const written = readVersions(place.versions, place.scope).servers.get(name);
  if (written?.revision !== after.revision) throw late(written ?? before, after.revision);
  return written;
}

/** Errors: SERVER_CHANGED if the client's file has not the expected text; those of `changeServer`. */
export async function editEntries(place: Place, expected: string, edits: readonly EntryEdit[]): Promise<void> {
  const client = readClientFile(place);
  if (client.text !== expected) throw new SluiceError('SERVER_CHANGED', `${place.client} has changed meanwhile.`);
  const record = readVersions(place.versions, place.scope);
  const servers = new Map(record.servers);
  const originals = new Map(Object.entries(record.originals));
  const texts = new Map(Object.entries(record.originalTexts));
  for (const { name, original, change } of edits) {
    if (change) servers.set(name, change(servers.get(name) ?? emptyServer(name, place.scope)));
    if (original === undefined) originals.delete(name);
    else originals.set(name, original);
    const source = original === undefined ? undefined : entrySource(client, name);
    if (source === undefined) texts.delete(name);
    else texts.set(name, source);
  }
  const kept = { originals: Object.fromEntries(originals), originalTexts: Object.fromEntries(texts) };
  await writeVersions(place.versions, { servers, ...kept });
  await editClientFile(place, (now) => edited(place, now, edits, { servers, texts: record.originalTexts }));
}

function edited(
  place: Place,
  client: ClientText,
  edits: readonly EntryEdit[],
  { servers, texts }: { servers: ReadonlyMap<string, RegisteredServer>; texts: Readonly<Record<string, string>> },
): string {
  const again = (text: string): ClientText => parseClientText(place.client, text, !client.wrapped);
  return edits.reduce((text, { name, entry, original }) => {
    const server = servers.get(name);
    const written = withEntry(again(text), name, entry);
    // An entry that comes back has its comments and its spacing again.
    const source = original === undefined ? texts[name] : undefined;
    const replaced = source === undefined ? written : withEntrySource(again(written), name, source);
    return server ? withHistory(again(replaced), name, summaryOf(server)) : replaced;
  }, client.text);
}

/** What the client's file says of a server, in the form of `mcpVersionHistory`. */
function summaryOf(server: RegisteredServer): object {
  const blue = blueOf(server);
  return {
    versions: server.versions.map(({ version }) => version),
    ...(blue ? { currentBlue: blue.version } : {}),
    ...(server.lastRollback ? { lastRollback: server.lastRollback } : {}),
  };
}

function late({ name, revision }: RegisteredServer, expected: number): SluiceError {
  return new SluiceError('SERVER_CHANGED', `${name} has the revision ${revision}, not ${expected}.`, {
    details: { revision },
  });
}
