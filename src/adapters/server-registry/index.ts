import { SluiceError } from '../../domain/errors.ts';
import { blueOf, emptyServer, type RegisteredServer, type Scope } from '../../domain/servers/server.ts';
import type { ServerRegistryPort } from '../../ports/server-registry.ts';
import { editClientFile, readClientFile } from './client-file.ts';
import { withHistory } from './client-text.ts';
import { withLock } from './lock.ts';
import { placesOf, type Folders, type Place } from './places.ts';
import { readVersions, writeVersions } from './versions-file.ts';
import { watchServers } from './watch.ts';

/** The registry in files. `pollMs`: how often a watch looks at the files. */
export function createServerRegistry(folders: Folders, pollMs = 200): ServerRegistryPort {
  const places = placesOf(folders);
  const all = (): readonly RegisteredServer[] => {
    const byPlace = places.flatMap(({ versions, scope }) => [...readVersions(versions, scope).values()]);
    // Of equal names the first place wins, so it is written last.
    const byName = new Map(byPlace.toReversed().map((server) => [server.name, server]));
    return [...byName.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
  };
  const find = (name: string) => all().find((server) => server.name === name);
  return {
    read: async (name) => find(name),
    list: async () => all(),
    change: async (name, expected, fn, scope) => {
      const place = placeOf(places, name, find(name)?.scope, scope);
      return withLock(place.lock, () => changed(place, name, expected, fn));
    },
    watch: (listener, failed = () => undefined) =>
      watchServers({ files: places.map(({ versions }) => versions), read: all, every: pollMs }, listener, failed),
  };
}

/** Errors: INVALID_INPUT if the name is registered in another scope than the wanted one. */
function placeOf(places: readonly Place[], name: string, has: Scope | undefined, wanted: Scope | undefined): Place {
  if (has !== undefined && wanted !== undefined && has !== wanted)
    throw new SluiceError('INVALID_INPUT', `${name} is registered in the scope ${has}, not in ${wanted}.`, {
      next: `Leave the scope out, or say ${has}.`,
    });
  const scope = has ?? wanted ?? 'project';
  const place = places.find((one) => one.scope === scope);
  if (!place) throw new SluiceError('INVALID_INPUT', `${scope} is not a scope.`);
  return place;
}

/**
 * The versions are written before the client's file. If the process dies in between, the client's file has the names of
 * the last change; the next change writes them again. A client's file that cannot be understood stops the change first.
 */
async function changed(
  place: Place,
  name: string,
  expected: number | undefined,
  fn: (server: RegisteredServer) => RegisteredServer,
): Promise<RegisteredServer> {
  const { versions, scope } = place;
  const servers = readVersions(versions, scope);
  const before = servers.get(name) ?? emptyServer(name, scope);
  if (expected !== undefined && expected !== before.revision) throw late(before, expected);
  const after = fn(before);
  if (after === before) return before;
  readClientFile(place);
  await writeVersions(versions, new Map([...servers, [name, after]]));
  await editClientFile(place, (client) => withHistory(client, name, summaryOf(after)));
  const written = readVersions(versions, scope).get(name);
  if (!written) throw late(before, after.revision);
  return written;
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
