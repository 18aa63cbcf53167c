import { SluiceError } from '../../src/domain/errors.ts';
import { eventsSince } from '../../src/domain/servers/events.ts';
import { emptyServer, type RegisteredServer } from '../../src/domain/servers/server.ts';
import type { ServerRegistryPort, ServerUpdate } from '../../src/ports/server-registry.ts';

/** A registry in memory. */
export function createFakeServers(...given: readonly RegisteredServer[]): ServerRegistryPort {
  const servers = new Map(given.map((server) => [server.name, server]));
  const listeners = new Set<(update: ServerUpdate) => void>();
  return {
    read: async (name) => servers.get(name),
    list: async () => [...servers.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    async change(name, expectedRevision, fn, scope = 'project') {
      const before = servers.get(name) ?? emptyServer(name, scope);
      if (expectedRevision !== undefined && expectedRevision !== before.revision)
        throw new SluiceError('SERVER_CHANGED', `${name} has the revision ${before.revision}.`);
      const after = fn(before);
      if (after === before) return before;
      servers.set(name, after);
      const update = { server: after, events: eventsSince(after, before.revision) };
      for (const listener of listeners) listener(update);
      return after;
    },
    clientFiles: async () => [],
    editClientFile: async () => undefined,
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
