import type { RegisteredServer, ServerVersion } from '../domain/servers/server.ts';
import { LOG_NAMES, type ServerEvent } from '../domain/servers/events.ts';
import { SluiceError } from '../domain/errors.ts';
import type { ServerRegistryPort } from '../ports/server-registry.ts';

/** What is followed of a registry. */
export type FollowedRegistry = Pick<ServerRegistryPort, 'list' | 'watch'>;

/** What a log of a gateway takes. `err` of the fields is an error. */
export interface GatewayLog {
  info(fields: object, text: string): void;
  error(fields: object, text: string): void;
}

/** The servers of the registry as this process routes by them at present. */
export class ServerTable {
  readonly #servers = new Map<string, RegisteredServer>();
  readonly #listeners = new Set<(server: RegisteredServer) => void>();
  readonly #followers = new Set<(event: ServerEvent) => void>();
  readonly #log: GatewayLog;
  #unwatch: () => void = () => undefined;

  private constructor(log: GatewayLog) {
    this.#log = log;
  }

  /** Reads the registry, follows its changes, and logs each of them. Throws if it cannot be read at the start. */
  static async follow(registry: FollowedRegistry, log: GatewayLog): Promise<ServerTable> {
    const table = new ServerTable(log);
    // The watch begins before the reading, so that no change falls between them.
    table.#unwatch = registry.watch(
      ({ server, events }) => {
        table.#take(server);
        for (const event of events) table.tell(event);
      },
      (err) => log.error({ err }, 'The registry of MCP servers cannot be read; the last servers stay in force'),
    );
    for (const server of await registry.list()) table.#take(server);
    return table;
  }

  names(): readonly string[] {
    return [...this.#servers.keys()].sort();
  }

  /** Throws SERVER_NOT_FOUND. */
  server(name: string): RegisteredServer {
    const found = this.#servers.get(name);
    if (found) return found;
    const known = this.names();
    throw new SluiceError(
      'SERVER_NOT_FOUND',
      `There is no MCP server ${name}. ${known.length === 0 ? 'None is registered' : `Known: ${known.join(', ')}`}.`,
      { details: { known } },
    );
  }

  onChange(listener: (server: RegisteredServer) => void): void {
    this.#listeners.add(listener);
  }

  /** Calls the listener with what happens from now on. Returns the function that ends this. */
  follow(listener: (event: ServerEvent) => void): () => void {
    this.#followers.add(listener);
    return () => void this.#followers.delete(listener);
  }

  /** Writes what happened to the log, and passes it to the followers. */
  tell(event: ServerEvent): void {
    const { type, ...fields } = event;
    this.#log.info(fields, LOG_NAMES[type]);
    for (const follower of this.#followers) follower(event);
  }

  close(): void {
    this.#unwatch();
  }

  #take(server: RegisteredServer): void {
    const present = this.#servers.get(server.name);
    if (present && present.scope === server.scope && present.revision >= server.revision) return;
    this.#servers.set(server.name, server);
    for (const listener of this.#listeners) listener(server);
  }
}

export function versionOf({ versions }: RegisteredServer, version: string): ServerVersion | undefined {
  return versions.find((found) => found.version === version);
}
