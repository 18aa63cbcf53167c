import { finding, type DoctorChecks, type Finding } from '../../commands/doctor-check.ts';
import { plural } from '../../domain/plural.ts';
import { cleanText } from '../../domain/safe-text.ts';
import type { RegisteredServer } from '../../domain/servers/server.ts';
import {
  isSilent,
  type GatewayView,
  type ServerGatewaysPort,
  type SilentGateway,
} from '../../ports/server-gateways.ts';
import type { ServersPort } from '../../ports/server-registry.ts';

export const checks: DoctorChecks = {
  ofProcess: [
    ({ servers }) => registryFinding(servers),
    ({ servers, serverGateways }) => gatewayFindings(servers, serverGateways),
  ],
};

const REGISTRY = 'MCP registry';
const GATEWAY = 'MCP gateway';

function registryFinding(servers: ServersPort): Promise<Finding> {
  return finding(REGISTRY, async () => {
    const known = await servers.list();
    return known.length === 0
      ? 'no MCP server is registered'
      : `${plural(known.length, 'MCP server')}: ${names(known)}`;
  });
}

async function gatewayFindings(servers: ServersPort, gateways: ServerGatewaysPort): Promise<readonly Finding[]> {
  const known = await servers.list().catch(() => undefined);
  if (!known) return [{ name: GATEWAY, state: 'skipped', detail: 'known only when the registry can be read' }];
  if (known.length === 0) return [{ name: GATEWAY, state: 'skipped', detail: 'no MCP server is registered' }];
  const views = await gateways.views();
  if (views.length > 0) return views.map((view) => gatewayFinding(view, known));
  const next = 'Set SLUICE_MCP_GATEWAYS to the addresses of all gateways.';
  return [{ name: GATEWAY, state: 'missing', detail: 'none is named, so no traffic can be proved', next }];
}

function gatewayFinding(view: GatewayView | SilentGateway, known: readonly RegisteredServer[]): Finding {
  const missing = (detail: string, next: string): Finding => ({ name: GATEWAY, state: 'missing', detail, next });
  if (isSilent(view)) return missing(view.error, 'Start it with `sluice gateway`, or correct SLUICE_MCP_GATEWAYS.');
  const behind = known.flatMap((server) => behindOf(view, server) ?? []);
  if (behind.length > 0)
    return missing(
      `${view.gateway}: ${behind.join('; ')}`,
      'Start it with the same SLUICE_MCP_PROJECT and SLUICE_MCP_GLOBAL_FILE. If it has them, read in its log why it cannot read the registry.',
    );
  const sick = unhealthyIn(view);
  if (sick.length > 0)
    return missing(`${view.gateway}: ${sick.join('; ')}`, 'Correct what the version needs, or roll it back.');
  const version = view.version === undefined ? 'an older version of Sluice' : `Sluice ${view.version}`;
  const servers = `${plural(view.servers.length, 'MCP server')} in force`;
  return { name: GATEWAY, state: 'ok', detail: `${view.gateway}: ${version}, ${servers}` };
}

/** A gateway follows the registry within a second, so an older revision means that it reads something else. */
function behindOf({ servers }: GatewayView, { name, revision }: RegisteredServer): string | undefined {
  const found = servers.find(({ server }) => server === name);
  if (!found) return `it does not know ${name}`;
  if (found.revision >= revision) return undefined;
  return `it has revision ${found.revision} of ${name}, the registry has ${revision}`;
}

function unhealthyIn({ servers }: GatewayView): readonly string[] {
  return servers.flatMap(({ server, versions }) =>
    versions
      .filter(({ health }) => health?.state === 'unhealthy')
      .map(
        ({ version, health }) =>
          `${server} ${version} is unhealthy: ${cleanText(health?.reason ?? 'no reason is known', 300)}`,
      ),
  );
}

function names(servers: readonly { readonly name: string }[]): string {
  return servers.map(({ name }) => name).join(', ');
}
