import type { ServerSnapshot } from '../../contract/server-snapshot.ts';
import { cleanText } from '../../domain/safe-text.ts';
import { openWork } from './open-work.ts';
import { isSilent, type GatewayVersion, type GatewayView, type SilentGateway } from '../../ports/server-gateways.ts';

type VersionSnapshot = ServerSnapshot['versions'][number];

const MAX_REASON = 400;

/** The servers with the health of their versions, and what is open. A version unhealthy at one gateway is unhealthy. */
export function withHealth(
  servers: readonly ServerSnapshot[],
  views: readonly (GatewayView | SilentGateway)[],
): ServerSnapshot[] {
  const answering = views.flatMap((view) => (isSilent(view) ? [] : [view]));
  return servers.map((server) => ({
    ...server,
    versions: server.versions.map((version) => {
      const open = openWork(answering, server.name, version.version);
      return { ...healthAt(server.name, version, answering), ...(open ? { open } : {}) };
    }),
  }));
}

/** What is not known of the versions, and why. Undefined if every gateway answers. */
export function silenceNote(views: readonly (GatewayView | SilentGateway)[]): string | undefined {
  const silent = views.filter(isSilent);
  const unknown = 'Health and open work are not known:';
  if (views.length === 0) return `${unknown} SLUICE_MCP_GATEWAYS names no gateway, and none runs over stdio.`;
  if (silent.length === 0) return undefined;
  const known = silent.length === views.length ? unknown : 'Health and open work are those of the other gateways:';
  const why = silent.map(({ error }) => cleanText(error, MAX_REASON).replace(/\.$/, '')).join('; ');
  return `${known} ${why}.`;
}

function healthAt(name: string, shown: VersionSnapshot, views: readonly GatewayView[]): VersionSnapshot {
  const found = views.flatMap(({ gateway, servers }) => {
    const versions = servers.find(({ server }) => server === name)?.versions;
    const health = versions?.find(({ version }) => version === shown.version)?.health;
    return health ? [{ gateway, ...health }] : [];
  });
  const unhealthy = found.find(({ state }) => state === 'unhealthy');
  if (unhealthy) return { ...shown, health: 'unhealthy', health_reason: reasonOf(unhealthy) };
  return found.some(({ state }) => state === 'healthy') ? { ...shown, health: 'healthy' } : shown;
}

function reasonOf({ gateway, reason }: { gateway: string } & NonNullable<GatewayVersion['health']>): string {
  return `${gateway}: ${cleanText(reason ?? 'no reason is known', MAX_REASON)}`;
}
