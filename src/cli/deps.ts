import type { Command, CommandServices } from '../commands/command.ts';
import type { Finding } from '../commands/doctor-check.ts';
import type { LoadedSettings } from '../config/load.ts';
import type { Keys } from '../domain/access/key.ts';
import type { Login } from '../domain/access/login.ts';
import type { AuditTrail } from '../domain/audit.ts';
import type { Settings } from '../config/schema.ts';

/** The dependencies of the CLI, from the composition root. Each part is loaded when it is called. */
export interface CliDeps {
  readonly load: (flags: { set: Readonly<Record<string, string>>; file?: string }) => LoadedSettings;
  readonly open: (settings: Settings) => Promise<CommandServices & { close(): Promise<void> }>;
  readonly audit: (settings: Settings) => AuditTrail;
  /** The file of the audit log. Undefined: it goes to stderr. */
  readonly auditPath: (settings: Settings) => string | undefined;
  readonly temporal: () => Promise<{ address: string; namespace: string }>;
  readonly doctor: (settings: Settings, where: { cluster?: string; namespace?: string }) => Promise<readonly Finding[]>;
  readonly serve: (settings: Settings, stopped: AbortSignal) => Promise<void>;
  readonly mcp: (settings: Settings, stopped: AbortSignal) => Promise<void>;
  /** Serves over HTTP, or the server named `stdio` over stdin and stdout. */
  readonly gateway: (settings: Settings, where: { stdio?: string }, stopped: AbortSignal) => Promise<void>;
  readonly worker: (settings: Settings, stopped: AbortSignal) => Promise<void>;
  /** Looks the names for a command line up in another process, for the next completion. Returns at once. */
  readonly refresh: (words: readonly string[]) => void;
  /** The contexts of the kubeconfig. */
  readonly contexts: (settings: Settings) => Promise<readonly string[]>;
  /** Commands in the form of an MCP tool list, from which their cost there is computed. */
  readonly listed: (commands: readonly Command[]) => Promise<readonly object[]>;
  readonly credentials: (settings: Settings) => Promise<Credentials>;
  /** The login of the person who types. */
  readonly login: (settings: Settings) => Promise<Login>;
  /** Errors: TEMPORAL_UNREACHABLE, FORBIDDEN, CONFIG_INVALID. */
  readonly setupTemporal: () => Promise<TemporalSetup>;
  readonly version: string;
  /** The name in the release record. */
  readonly user: string;
  readonly io: Io;
}

/** The credentials for the HTTP server of these settings. Errors: CREDENTIALS_UNAVAILABLE. */
export interface Credentials {
  /** The token of the user who starts the server on this machine. */
  token(): string;
  readonly keys: Keys;
}

/** What was done in a namespace of Temporal: names of search attributes. */
export interface TemporalSetup {
  readonly address: string;
  readonly namespace: string;
  /** Version of the server. */
  readonly server: string;
  readonly registered: readonly string[];
  readonly present: readonly string[];
}

export interface Io {
  out(text: string): void;
  err(text: string): void;
  /** Whether there is a person at the terminal who can be asked. */
  readonly interactive: boolean;
  /** Whether stdout is a terminal that can be redrawn. */
  readonly live: boolean;
  /** Shows a line that the next one replaces. Undefined removes it. Absent if stderr is not a terminal. */
  readonly status?: (line: string | undefined) => void;
  ask(question: string): Promise<boolean>;
  readonly stopped: AbortSignal;
}
