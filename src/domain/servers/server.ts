import type { Audience } from './audience.ts';
import type { Owner } from '../release/target.ts';

/** The configuration file that a server belongs to: `.mcp.json` of the project, that of the user, or `.mcprc`. */
export const SCOPES = ['project', 'global', 'mcprc'] as const;
export type Scope = (typeof SCOPES)[number];

/** `blue`: the stable version, at most one. `green`: a new version. `inactive`: a version without traffic. */
export const VERSION_STATUSES = ['blue', 'green', 'inactive'] as const;
export type VersionStatus = (typeof VERSION_STATUSES)[number];

export const TRANSPORTS = ['stdio', 'sse', 'streamable-http'] as const;

/** A process that speaks MCP over stdin and stdout. A value of `env` may be a reference: `${NAME}`. */
export interface StdioUpstream {
  readonly transport: 'stdio';
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** A server at an address. A value of `headers` may contain references: `Bearer ${NAME}`. */
export interface RemoteUpstream {
  readonly transport: 'sse' | 'streamable-http';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** How a version is reached. */
export type Upstream = StdioUpstream | RemoteUpstream;

export interface Health {
  readonly state: 'healthy' | 'unhealthy';
  readonly reason?: string;
  /** Epoch milliseconds. */
  readonly since: number;
}

/** One version of a server. `traffic`: whole percents of the callers, 0 to 100. */
export type ServerVersion = Upstream & {
  readonly version: string;
  readonly status: VersionStatus;
  readonly traffic: number;
  /** Epoch milliseconds. */
  readonly registeredAt: number;
  /** Absent until the first check. */
  readonly health?: Health;
  /** Only these callers may get the version, and `traffic` is a share of them. Absent: all callers may. */
  readonly audience?: Audience;
  /** How long names of the blue version before this one can still be called, in ms. Absent: GRACE_MS of stand-in.ts. */
  readonly graceMs?: number;
};

/** The last rollback, with the names of `mcpVersionHistory`. `timestamp`: epoch milliseconds. */
export interface Rollback {
  readonly fromVersion: string;
  readonly toVersion: string;
  readonly timestamp: number;
  readonly reason?: string;
}

/** What one change did to one version. `from` is absent for a new version, `to` for a removed one. */
export interface VersionChange {
  readonly version: string;
  readonly status?: { readonly from?: VersionStatus; readonly to?: VersionStatus };
  readonly traffic?: { readonly from?: number; readonly to?: number };
  readonly health?: { readonly from?: Health['state']; readonly to?: Health['state'] };
}

export const ACTIONS = ['register', 'promote', 'rollback', 'traffic', 'remove', 'health'] as const;
export type Action = (typeof ACTIONS)[number];

/** One change: who made it, why, when (epoch ms), and its effect on each version. */
export interface HistoryEntry {
  /** The revision of the server after the change. */
  readonly revision: number;
  readonly at: number;
  readonly who: string;
  readonly why?: string;
  readonly action: Action;
  /** The version that the action names. */
  readonly version: string;
  readonly changes: readonly VersionChange[];
}

/** The release that alone may change the versions and their traffic. */
export interface ReleaseHold {
  readonly owner: Owner;
  /** The version that it brings. Absent before its start and after its rollback. */
  readonly version?: string;
}

/** A server with its versions in the order of their registration. */
export interface RegisteredServer {
  readonly name: string;
  readonly scope: Scope;
  /** The number of changes. 0: nothing was registered yet. */
  readonly revision: number;
  readonly versions: readonly ServerVersion[];
  readonly lastRollback?: Rollback;
  /** Present while a release of this server runs. It is not part of the revision. */
  readonly release?: ReleaseHold;
  /** Oldest first, at most the last 1,000. */
  readonly history: readonly HistoryEntry[];
}

/** Author, reason and time of a change. `at`: epoch milliseconds. */
export interface By {
  readonly at: number;
  readonly who: string;
  readonly why?: string;
  /** The release that makes the change. Absent: a person or a tool. */
  readonly releaseId?: string;
}

export function emptyServer(name: string, scope: Scope): RegisteredServer {
  return { name, scope, revision: 0, versions: [], history: [] };
}

export function blueOf({ versions }: Pick<RegisteredServer, 'versions'>): ServerVersion | undefined {
  return versions.find(({ status }) => status === 'blue');
}
