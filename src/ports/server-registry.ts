import type { ServerEvent } from '../domain/servers/events.ts';
import type { ClientFile } from '../domain/servers/migration.ts';
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
export interface ServersPort {
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
  /** The files of MCP clients that exist, in the order of precedence. */
  clientFiles(): Promise<readonly ClientFile[]>;
  /**
   * Replaces entries of a client's file, and changes their servers, under the lock. Nothing is written if the file no
   * longer has the text that the caller has read. Errors: SERVER_CHANGED, SERVER_REGISTRY_BUSY.
   */
  editClientFile(file: ClientFile, edits: readonly EntryEdit[]): Promise<void>;
}

/** One entry of a client's file. */
export interface EntryEdit {
  readonly name: string;
  /** The new entry. Undefined removes it. */
  readonly entry: unknown;
  /** What `originals` keeps of it from now on. Undefined: nothing. */
  readonly original: unknown;
  /** The change of its server. Absent: none. */
  readonly change?: (server: RegisteredServer) => RegisteredServer;
}

/** The registry of a process that follows it. */
export interface ServerRegistryPort extends ServersPort {
  /**
   * Calls the listener after each change, also of other processes, at most a second later. A file that cannot be read
   * is reported to `failed`, and the servers stay as they were. Returns the function that ends the watch.
   */
  watch(listener: (update: ServerUpdate) => void, failed?: (error: unknown) => void): () => void;
}
