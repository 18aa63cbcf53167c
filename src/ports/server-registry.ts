import type { ServerEvent } from '../domain/servers/events.ts';
import type { RegisteredServer, Scope } from '../domain/servers/server.ts';

/** A server after a change, and what happened to it since the last call of the listener. */
export interface ServerUpdate {
  readonly server: RegisteredServer;
  readonly events: readonly ServerEvent[];
}

/**
 * The MCP servers of the project, of the user and of `.mcprc`. A name that several scopes have is that of the first in
 * the order project, mcprc, global. Errors of all methods: SERVER_FILE_INVALID, SERVER_FILE_UNAVAILABLE.
 */
export interface ServerRegistryPort {
  /** Undefined if no scope has the name. */
  read(name: string): Promise<RegisteredServer | undefined>;
  /** All servers, by name. */
  list(): Promise<readonly RegisteredServer[]>;
  /**
   * Changes one server under a lock. `fn` gets the present server, or one with revision 0 and without versions; it
   * returns the server after the change, or the same object. It may throw; then nothing is written. It returns what
   * was read back. `expectedRevision`: if the server has another one, nothing is written (SERVER_CHANGED). `scope`: of
   * a server that is new; default: project. Errors: SERVER_CHANGED, SERVER_REGISTRY_BUSY.
   */
  change(
    name: string,
    expectedRevision: number | undefined,
    fn: (server: RegisteredServer) => RegisteredServer,
    scope?: Scope,
  ): Promise<RegisteredServer>;
  /**
   * Calls the listener after each change, also of other processes, at most a second later. A file that cannot be read
   * is reported to `failed`, and the servers stay as they were. Returns the function that ends the watch.
   */
  watch(listener: (update: ServerUpdate) => void, failed?: (error: unknown) => void): () => void;
}
