import type { HealthRecord, VersionHealth } from '../domain/gateway/health.ts';
import type { RegisteredServer } from '../domain/servers/server.ts';
import { cleanText } from '../domain/safe-text.ts';
import type { VersionCounts } from './meter.ts';

/** What this process has open at one version, and what it has counted since its start. */
export interface VersionUse extends VersionCounts {
  readonly sessions: number;
  readonly open_tasks: number;
  readonly processes: number;
  readonly health: ShownHealth;
}

/** The health of a version as a status shows it. `since`: ISO 8601, absent while nothing is known. */
export interface ShownHealth extends Omit<VersionHealth, 'since'> {
  readonly since?: string;
}

export interface VersionStatus extends VersionUse {
  readonly version: string;
  readonly status: 'blue' | 'green' | 'inactive';
  readonly traffic: number;
  readonly transport: string;
  /** Whether nothing is open at the version in this process. */
  readonly drained: boolean;
}

/** The split that one process has in force. `revision` is that of the registry. */
export interface ServerStatus {
  readonly server: string;
  readonly revision: number;
  readonly versions: readonly VersionStatus[];
}

export function serverStatus(server: RegisteredServer, useOf: (version: string) => VersionUse): ServerStatus {
  const versions = server.versions.map(({ version, status, traffic, transport }) => {
    const use = useOf(version);
    const drained = use.sessions + use.open_tasks + use.open_requests === 0;
    return { version, status, traffic, transport, ...use, drained };
  });
  return { server: server.name, revision: server.revision, versions };
}

export function shownHealth({ state, reason, since }: HealthRecord): ShownHealth {
  return {
    state,
    ...(reason === undefined ? {} : { reason: cleanText(reason, MAX_REASON) }),
    ...(state === 'unknown' ? {} : { since: new Date(since).toISOString() }),
  };
}

const MAX_REASON = 400;
