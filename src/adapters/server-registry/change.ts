import { SluiceError } from '../../domain/errors.ts';
import { blueOf, emptyServer, type RegisteredServer } from '../../domain/servers/server.ts';
import type { EntryEdit } from '../../ports/server-registry.ts';
import { editClientFile, readClientFile } from './client-file.ts';
import { parseClientText, withEntry, withHistory, type ClientText } from './client-text.ts';
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
  const { servers, originals } = readVersions(place.versions, place.scope);
  const before = servers.get(name) ?? emptyServer(name, place.scope);
  if (expected !== undefined && expected !== before.revision) throw late(before, expected);
  const after = fn(before);
  if (after === before) return before;
  readClientFile(place);
  await writeVersions(place.versions, { servers: new Map([...servers, [name, after]]), originals });
  await editClientFile(place, (client) => withHistory(client, name, summaryOf(after)));
  const written = readVersions(place.versions, place.scope).servers.get(name);
  if (written?.revision !== after.revision) throw late(written ?? before, after.revision);
  return written;
}

/** Errors: SERVER_CHANGED if the client's file has not the expected text; those of `changeServer`. */
export async function editEntries(place: Place, expected: string, edits: readonly EntryEdit[]): Promise<void> {
  if (readClientFile(place).text !== expected)
    throw new SluiceError('SERVER_CHANGED', `${place.client} has changed meanwhile.`);
  const record = readVersions(place.versions, place.scope);
  const servers = new Map(record.servers);
  const originals = new Map(Object.entries(record.originals));
  for (const { name, original, change } of edits) {
    if (change) servers.set(name, change(servers.get(name) ?? emptyServer(name, place.scope)));
    if (original === undefined) originals.delete(name);
    else originals.set(name, original);
  }
  await writeVersions(place.versions, { servers, originals: Object.fromEntries(originals) });
  await editClientFile(place, (client) => edited(place, client, edits, servers));
}

function edited(
  place: Place,
  client: ClientText,
  edits: readonly EntryEdit[],
  servers: ReadonlyMap<string, RegisteredServer>,
): string {
  const again = (text: string): ClientText => parseClientText(place.client, text, !client.wrapped);
  return edits.reduce((text, { name, entry }) => {
    const server = servers.get(name);
    const replaced = withEntry(again(text), name, entry);
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
