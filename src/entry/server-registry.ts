import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { isLoopback } from '../domain/onboarding/image-reference.ts';
import type { Scope } from '../domain/servers/server.ts';
import type { CommandServices } from '../commands/command.ts';
import type { Settings } from '../config/schema.ts';
import type { ConformancePort } from '../ports/conformance.ts';
import type { ContractsPort } from '../ports/contract-reader.ts';
import type { PackageVersionsPort } from '../ports/package-versions.ts';
import type { ProgramsPort } from '../ports/programs.ts';
import type { ServerGatewaysPort } from '../ports/server-gateways.ts';
import type { ServerRegistryPort, ServersPort } from '../ports/server-registry.ts';
import type { ServerSystems } from '../ports/server-systems.ts';
import { knownToken } from '../adapters/credentials/local-token.ts';
import { tokenPath } from './credential-paths.ts';
import { deferred } from './deferred.ts';

/** The registry of the files that the settings name. A path may begin with `~/`. */
export async function serverRegistry({
  mcpProject,
  mcpGlobalFile,
}: Pick<Settings, 'mcpProject' | 'mcpGlobalFile'>): Promise<ServerRegistryPort> {
  const { createServerRegistry } = await import('../adapters/server-registry/index.ts');
  return createServerRegistry({ folder: pathOf(mcpProject), globalFile: pathOf(mcpGlobalFile) });
}

/** The services of commands for MCP servers. Each is opened at its first use. */
export function mcpServerServices(
  settings: SystemSettings,
): Pick<CommandServices, 'servers' | 'serverGateways' | 'contracts' | 'packages' | 'programs'> {
  return {
    servers: deferred<ServersPort>(() => serverRegistry(settings), {}),
    serverGateways: deferred<ServerGatewaysPort>(() => serverGateways(settings), {}),
    contracts: deferred<ContractsPort>(() => contracts(settings), {}),
    packages: deferred<PackageVersionsPort>(
      async () => (await import('../adapters/package-versions/index.ts')).createPackageVersions(),
      {},
    ),
    programs: deferred<ProgramsPort>(async () => (await import('../adapters/programs/index.ts')).createPrograms(), {}),
  };
}

/** The contracts of versions. Their locks are in the project's folder. */
async function contracts({ mcpProject }: Pick<Settings, 'mcpProject'>): Promise<ContractsPort> {
  const { createContracts } = await import('../adapters/contract-reader/index.ts');
  return createContracts(pathOf(mcpProject));
}

/** Every gateway that the settings name, or that runs over stdio. */
async function serverGateways(settings: SystemSettings): Promise<ServerGatewaysPort> {
  const { createServerGateways } = await import('../adapters/server-gateways/index.ts');
  return createServerGateways(gatewaysOf(settings), gatewayTokenOf(settings));
}

/** The named gateways, and those over stdio that run on this machine with this registry. */
function gatewaysOf(settings: SystemSettings): ServerSystems['gateways'] {
  return async (server) => {
    const { announced } = await import('../adapters/server-gateways/announced.ts');
    return [...settings.mcpGateways, ...(await announced(announcementFolders(settings), server))];
  };
}

/**
 * The token of the settings, else that of the user of this machine, which never leaves it. A gateway over stdio has
 * an address that nobody else knows, and asks for no token.
 */
function gatewayTokenOf(settings: SystemSettings): ServerSystems['gatewayToken'] {
  const { mcpGateways, mcpGatewayToken, localAccess } = settings;
  return (gateway) => {
    if (!mcpGateways.includes(gateway)) return undefined;
    if (mcpGatewayToken !== undefined) return mcpGatewayToken;
    return localAccess === 'open' || !isLoopback(new URL(gateway).hostname)
      ? undefined
      : knownToken(tokenPath(settings));
  };
}

/** Where the gateways over stdio write down that they run: beside the files of the registry. */
function announcementFolders({ mcpProject, mcpGlobalFile }: RegistrySettings): readonly string[] {
  return [...new Set([pathOf(mcpProject), dirname(pathOf(mcpGlobalFile))])].map((folder) =>
    join(folder, STDIO_GATEWAYS),
  );
}

/** The folder in which a gateway over stdio writes down that it runs, so that every worker with its server finds it. */
export function announcementFolder(settings: RegistrySettings, scope: Scope): string {
  const { mcpProject, mcpGlobalFile } = settings;
  return join(scope === 'global' ? dirname(pathOf(mcpGlobalFile)) : pathOf(mcpProject), STDIO_GATEWAYS);
}

const STDIO_GATEWAYS = '.mcp.gateways';
type RegistrySettings = Pick<Settings, 'mcpProject' | 'mcpGlobalFile'>;

export type SystemSettings = Pick<
  Settings,
  | 'mcpProject'
  | 'mcpGlobalFile'
  | 'mcpGateways'
  | 'mcpConformance'
  | 'mcpGatewayToken'
  | 'localAccess'
  | 'home'
  | 'tokenFile'
>;

/** The systems of a release of an MCP server. Each is opened at its first use. */
export function serverSystems(settings: SystemSettings): ServerSystems {
  return {
    servers: deferred<ServersPort>(() => serverRegistry(settings), {}),
    contracts: deferred<ContractsPort>(() => contracts(settings), {}),
    gateways: gatewaysOf(settings),
    gatewayToken: gatewayTokenOf(settings),
    conformance: deferred<ConformancePort>(
      async () => (await import('../adapters/conformance/index.ts')).createConformance(settings.mcpConformance),
      {},
    ),
    identity: async () => identityOf(settings),
  };
}

/** The paths alone: a container that is started anew has another host name and the same registry. */
function identityOf({ mcpProject, mcpGlobalFile }: SystemSettings): string {
  const places = [pathOf(mcpProject), pathOf(mcpGlobalFile)];
  return `registry-${createHash('sha256').update(JSON.stringify(places)).digest('hex').slice(0, 24)}`;
}

function pathOf(path: string): string {
  return resolve(path.startsWith('~/') ? join(homedir(), path.slice(2)) : path);
}
