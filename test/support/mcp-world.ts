import type { ServerSystems } from '../../src/ports/server-systems.ts';
import { register } from '../../src/domain/servers/actions.ts';
import { emptyServer, type RegisteredServer } from '../../src/domain/servers/server.ts';
import { createSplit } from '../../src/splits/mcp-gateway/split.ts';
import { createEvidence } from '../../src/splits/mcp-gateway/evidence.ts';
import { createWorkload } from '../../src/targets/mcp-server/workload.ts';
import type { Contract } from '../../src/domain/servers/contract/lock.ts';
import type { Ports } from '../../src/ports/index.ts';
import { createFakeContracts } from './fake-contracts.ts';
import { createFakeServers } from './fake-servers.ts';

const UPSTREAM = { transport: 'stdio', command: 'node', args: [], env: {} } as const;

/** A server `demo`: 1.0.0 is blue, 2.0.0 is green without callers. */
export function demoServer(): RegisteredServer {
  return ['1.0.0', '2.0.0'].reduce<RegisteredServer>(
    (server, version) =>
      register(server, { version, upstream: UPSTREAM, blue: version === '1.0.0' }, { at: 0, who: 'cli:ada' }),
    emptyServer('demo', 'project'),
  );
}

/** The ports of a release over a registry in memory. `offered`: what each version offers; every version has a lock. */
export async function mcpWorld(
  gateways: readonly string[],
  {
    server = demoServer(),
    offered = {},
  }: { server?: RegisteredServer; offered?: Record<string, Partial<Contract>> } = {},
): Promise<{ readonly ports: Ports; readonly systems: ServerSystems }> {
  const contracts = createFakeContracts(offered);
  for (const { version, ...upstream } of server.versions)
    await contracts.save(await contracts.read({ server: server.name, version }, upstream));
  const systems: ServerSystems = {
    servers: createFakeServers(server),
    contracts,
    gateways: async () => gateways,
    gatewayToken: () => undefined,
    conformance: { run: async () => [] },
    identity: async () => 'registry-1',
  };
  const templates = new Proxy({} as Ports['templates'], {});
  const ports = {
    workload: createWorkload(systems),
    split: createSplit(systems),
    evidence: createEvidence(async () => gateways),
    templates,
    serviceCalls: new Proxy({} as Ports['serviceCalls'], {}),
    now: Date.now,
  };
  return { ports, systems };
}
