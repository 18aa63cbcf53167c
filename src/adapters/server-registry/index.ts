import { existsSync } from 'node:fs';
import { SluiceError } from '../../domain/errors.ts';
import type { RegisteredServer, Scope } from '../../domain/servers/server.ts';
import type { ServerRegistryPort } from '../../ports/server-registry.ts';
import { changeServer, editEntries } from './change.ts';
import { readClientFile } from './client-file.ts';
import { withLock } from './lock.ts';
import { placesOf, type Folders, type Place } from './places.ts';
import { readVersions } from './versions-file.ts';
import { watchServers } from './watch.ts';

/** The registry in files. `pollMs`: how often a watch looks at the files. */
export function createServerRegistry(folders: Folders, pollMs = 200): ServerRegistryPort {
  const places = placesOf(folders);
  const all = (): readonly RegisteredServer[] => allServers(places);
  const find = (name: string) => all().find((server) => server.name === name);
  return {
    read: async (name) => find(name),
    list: async () => all(),
    change: async (name, expected, fn, scope) => {
      const place = placeOf(places, name, find(name)?.scope, scope);
      return withLock(place.lock, () => changeServer(place, name, expected, fn));
    },
    clientFiles: async () =>
      places
        .filter(({ client }) => existsSync(client))
        .map((place) => {
          const { text, entries } = readClientFile(place);
          const { originals } = readVersions(place.versions, place.scope);
          return { scope: place.scope, file: place.client, text, entries, originals };
        }),
    editClientFile: async ({ scope, text }, edits) => {
      const place = placeOf(places, '', undefined, scope);
      await withLock(place.lock, () => editEntries(place, text, edits));
    },
    watch: (listener, failed = () => undefined) =>
      watchServers({ files: places.map(({ versions }) => versions), read: all, every: pollMs }, listener, failed),
  };
}

/** By name. Of equal names the first place wins, so it is written last. */
function allServers(places: readonly Place[]): readonly RegisteredServer[] {
  const byPlace = places.flatMap(({ versions, scope }) => [...readVersions(versions, scope).servers.values()]);
  const byName = new Map(byPlace.toReversed().map((server) => [server.name, server]));
  return [...byName.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1));
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
