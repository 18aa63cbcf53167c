import type { HistoryEntry, RegisteredServer, Rollback, VersionChange, VersionStatus } from './server.ts';

/** The fields of every event. `revision`: that of the server after the change. `at`: epoch milliseconds. */
interface Common {
  readonly server: string;
  readonly version: string;
  readonly revision: number;
  readonly at: number;
  readonly who: string;
  readonly why?: string;
}

/** What happened to one version of a server. */
export type ServerEvent = Common &
  (
    | { readonly type: 'server:registered'; readonly status: VersionStatus; readonly traffic: number }
    | { readonly type: 'server:status-changed'; readonly from: VersionStatus; readonly to: VersionStatus }
    | { readonly type: 'server:traffic-changed'; readonly from: number; readonly to: number }
    | { readonly type: 'server:health-changed'; readonly from?: string; readonly to: string }
    | { readonly type: 'server:rollback'; readonly to?: string }
    | { readonly type: 'server:removed' }
  );

/** The names of the events in logs. A change that has no name of its own is an update. */
export const LOG_NAMES = {
  'server:registered': 'mcp_server_registered',
  'server:status-changed': 'mcp_server_status_changed',
  'server:traffic-changed': 'mcp_server_traffic_changed',
  'server:health-changed': 'mcp_server_health_changed',
  'server:rollback': 'mcp_server_rollback',
  'server:removed': 'mcp_server_updated',
} as const satisfies Record<ServerEvent['type'], string>;

/** The events of all changes after a revision, oldest first. */
export function eventsSince(
  { name, history, lastRollback }: RegisteredServer,
  revision: number,
): readonly ServerEvent[] {
  return history.filter((entry) => entry.revision > revision).flatMap((entry) => eventsOf(name, entry, lastRollback));
}

function eventsOf(server: string, entry: HistoryEntry, last: Rollback | undefined): readonly ServerEvent[] {
  const { revision, at, who, why, action, version, changes } = entry;
  const common = { server, revision, at, who, ...(why === undefined ? {} : { why }) };
  const rolledBack: readonly ServerEvent[] =
    action === 'rollback'
      ? [{ ...common, type: 'server:rollback', version, ...(last?.timestamp === at ? { to: last.toVersion } : {}) }]
      : [];
  return [...changes.flatMap((change) => eventsOfChange(common, change)), ...rolledBack];
}

function eventsOfChange(common: Omit<Common, 'version'>, change: VersionChange): readonly ServerEvent[] {
  const { version, status, traffic, health } = change;
  const of = { ...common, version };
  if (status?.from === undefined && status?.to !== undefined)
    return [{ ...of, type: 'server:registered', status: status.to, traffic: traffic?.to ?? 0 }];
  if (status?.from !== undefined && status.to === undefined) return [{ ...of, type: 'server:removed' }];
  const events: ServerEvent[] = [];
  if (status?.from !== undefined && status.to !== undefined)
    events.push({ ...of, type: 'server:status-changed', from: status.from, to: status.to });
  if (traffic?.from !== undefined && traffic.to !== undefined)
    events.push({ ...of, type: 'server:traffic-changed', from: traffic.from, to: traffic.to });
  if (health?.to !== undefined)
    events.push({
      ...of,
      type: 'server:health-changed',
      ...(health.from === undefined ? {} : { from: health.from }),
      to: health.to,
    });
  return events;
}
