import { labels } from './meter.ts';
import type { ServerStatus, VersionStatus } from './status.ts';

const GAUGES: readonly (readonly [string, string, (status: VersionStatus) => number])[] = [
  ['sluice_mcp_traffic_percent', 'Traffic of a version.', ({ traffic }) => traffic],
  ['sluice_mcp_sessions', 'Sessions that are open in this process.', ({ sessions }) => sessions],
  ['sluice_mcp_open_tasks', 'Tasks that this process knows to be open.', ({ open_tasks }) => open_tasks],
  ['sluice_mcp_open_requests', 'Requests that wait for their answer.', ({ open_requests }) => open_requests],
  ['sluice_mcp_processes', 'Processes of a version.', ({ processes }) => processes],
  ['sluice_mcp_unhealthy', 'Whether a version is unhealthy.', ({ health }) => (health.state === 'unhealthy' ? 1 : 0)],
];

/** What is open at each version, in the text format of Prometheus. */
export function gauges(servers: readonly ServerStatus[]): string {
  const lines = GAUGES.flatMap(([name, about, valueOf]) => [
    `# HELP ${name} ${about}`,
    `# TYPE ${name} gauge`,
    ...servers.flatMap(({ server, versions }) =>
      versions.map((status) => `${name}{${labels({ server, version: status.version })}} ${valueOf(status)}`),
    ),
  ]);
  const revisions = servers.map(({ server, revision }) => `sluice_mcp_revision{${labels({ server })}} ${revision}`);
  return [
    ...lines,
    '# HELP sluice_mcp_revision Revision of the registry that is in force.',
    '# TYPE sluice_mcp_revision gauge',
    ...revisions,
    '',
  ].join('\n');
}
