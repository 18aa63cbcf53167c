import { statSync } from 'node:fs';
import { eventsSince } from '../../domain/servers/events.ts';
import type { RegisteredServer } from '../../domain/servers/server.ts';
import type { ServerUpdate } from '../../ports/server-registry.ts';

/** What a watch needs: the files that may change, and the present servers. */
export interface Watched {
  readonly files: readonly string[];
  readonly read: () => readonly RegisteredServer[];
  /** Milliseconds between two looks at the files. */
  readonly every: number;
}

/**
 * Compares the files by identity, size and time. A change replaces the file, so its identity differs; notifications of
 * the operating system are not available on every file system.
 */
export function watchServers(
  { files, read, every }: Watched,
  listener: (update: ServerUpdate) => void,
  failed: (error: unknown) => void,
): () => void {
  let stamp = stampOf(files);
  let known = revisions(tried(read, failed) ?? []);
  const look = (): void => {
    const now = stampOf(files);
    if (now === stamp) return;
    stamp = now;
    const servers = tried(read, failed);
    if (!servers) return;
    const before = known;
    known = revisions(servers);
    for (const server of servers) {
      const last = before.get(server.name) ?? 0;
      if (server.revision !== last) listener({ server, events: eventsSince(server, last) });
    }
  };
  const timer = setInterval(look, every);
  timer.unref();
  return () => clearInterval(timer);
}

function tried<T>(read: () => T, failed: (error: unknown) => void): T | undefined {
  try {
    return read();
  } catch (error) {
    failed(error);
    return undefined;
  }
}

function stampOf(files: readonly string[]): string {
  return files
    .map((file) => {
      const found = statSync(file, { throwIfNoEntry: false });
      return found ? `${found.ino}:${found.size}:${found.mtimeMs}` : '';
    })
    .join('|');
}

function revisions(servers: readonly RegisteredServer[]): ReadonlyMap<string, number> {
  return new Map(servers.map(({ name, revision }) => [name, revision]));
}
