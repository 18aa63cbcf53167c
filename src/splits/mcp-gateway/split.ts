import { GatewayClient, versionUrl } from '../../adapters/server-gateways/client.ts';
import { ignoreFailure, SluiceError } from '../../domain/errors.ts';
import type { ProxyWeights } from '../../domain/release/proof.ts';
import type { Owner } from '../../domain/release/target.ts';
import { setTraffic } from '../../domain/servers/actions.ts';
import type { HoldRefusal } from '../../domain/servers/hold.ts';
import { scenariosFor } from '../../domain/servers/conformance.ts';
import { audienceText } from '../../domain/servers/audience.ts';
import { blueOf, type RegisteredServer } from '../../domain/servers/server.ts';
import type { ServerSystems } from '../../ports/server-systems.ts';
import type { ArmServices, SplitPort, TrafficRef, TrafficView, Unhealthy } from '../../ports/split.ts';
import { heldServers } from '../../ports/held-servers.ts';
import { countedAs } from './counted.ts';

type Systems = Pick<ServerSystems, 'servers' | 'gateways' | 'gatewayToken' | 'contracts' | 'conformance'>;

/**
 * The traffic of the versions of one MCP server. It is written to the registry, and every gateway shows the revision
 * that it has in force. `ref.name` is the name of the server. Errors: SERVER_NOT_FOUND, SERVER_VERSION_NOT_FOUND,
 * SERVER_FILE_*, SERVER_REGISTRY_BUSY.
 */
export function createSplit(
  { servers, gateways, gatewayToken, contracts, conformance }: Systems,
  now: () => number = Date.now,
): SplitPort {
  const held = heldServers(servers);
  const client = new GatewayClient(gatewayToken);
  return {
    read: async (ref) => viewOf(await held.read(ref.name), ref),
    find: async () => [],
    setWeight: ({ name }, arms, weight, owner) =>
      held.act(name, owner, (server) => shifted(server, arms, weight, owner, now())),
    async inForce({ name }, arms) {
      const { revision } = await held.read(name);
      const all = await gateways(name);
      return Promise.all(all.map((gateway) => weightsOf(client, gateway, name, arms, revision)));
    },
    async unhealthy({ name }, version) {
      const all = await gateways(name);
      return (await Promise.all(all.map((gateway) => unhealthyAt(client, gateway, name, version)))).flatMap(
        (one) => one ?? [],
      );
    },
    async replay({ name }, { candidate }, changing) {
      const all = await gateways(name);
      return Promise.all(
        all.map((gateway) => orError(gateway, () => client.replay(gateway, name, candidate, changing))),
      );
    },
    async mirror({ name }, { candidate }, changing) {
      const all = await gateways(name);
      return Promise.all(
        all.map((gateway) => orError(gateway, () => client.mirror(gateway, name, candidate, changing))),
      );
    },
    async conform({ name }, { candidate: version }) {
      const [gateway] = await gateways(name);
      const lock = await contracts.find({ server: name, version });
      const scenarios = lock ? scenariosFor(lock) : [];
      if (gateway === undefined || scenarios.length === 0) return [];
      return conformance.run(versionUrl(gateway, name, version), scenarios, gatewayToken(gateway));
    },
    selfAnswering: async () => [],
    rivals: async () => [],
    claim: ({ name }, owner, over) => held.claim(name, owner, over),
    fence: ({ name }, owner) => held.fence(name, owner),
    unclaim: ({ name }, owner) => held.unclaim(name, owner),
  };
}

function viewOf(server: RegisteredServer, ref: TrafficRef): TrafficView {
  const last = server.history.findLast(({ changes }) => changes.some(({ traffic }) => traffic !== undefined));
  return {
    ref,
    resourceVersion: String(server.revision),
    weights: server.versions.map(({ version, traffic, audience }) => ({
      service: version,
      weight: traffic,
      port: '',
      metricsService: countedAs(server.name, version),
      ...(audience ? { audience: audienceText(audience) } : {}),
    })),
    sticky: false,
    ...(server.release ? { owner: server.release.owner } : {}),
    ...(last ? { writer: { manager: last.who, time: new Date(last.at).toISOString() } } : {}),
  };
}

function shifted(
  server: RegisteredServer,
  arms: ArmServices,
  weight: number,
  owner: Owner,
  at: number,
): RegisteredServer | HoldRefusal {
  const blue = blueOf(server)?.version;
  if (blue !== arms.stable)
    return {
      refused: true,
      detail: `blue of MCP server ${server.name} is ${blue ?? 'no version'}, not ${arms.stable}`,
    };
  const { releaseId, runId } = owner;
  return setTraffic(server, arms.candidate, weight, { at, who: releaseId, why: `run ${runId}`, releaseId });
}

/** A gateway with an older revision has an older split. */
async function weightsOf(
  client: GatewayClient,
  gateway: string,
  name: string,
  arms: ArmServices,
  revision: number,
): Promise<ProxyWeights> {
  try {
    const status = await client.status(gateway, name);
    if (status.revision < revision)
      return { replica: gateway, error: `it has revision ${status.revision}, the registry has ${revision}` };
    const candidate = status.versions.find(({ version }) => version === arms.candidate)?.traffic;
    return {
      replica: gateway,
      ...(candidate === undefined ? { error: 'it does not know the version' } : { candidate }),
    };
  } catch (error) {
    if (error instanceof SluiceError) return { replica: gateway, error: error.message };
    throw error;
  }
}

/** A gateway that does not answer says nothing about the version. */
async function unhealthyAt(
  client: GatewayClient,
  gateway: string,
  name: string,
  version: string,
): Promise<Unhealthy | undefined> {
  const status = await client.status(gateway, name).catch(ignoreFailure);
  const health = status?.versions.find((one) => one.version === version)?.health;
  return health?.state === 'unhealthy'
    ? { replica: gateway, reason: health.reason ?? 'no reason is known' }
    : undefined;
}

async function orError<T extends object>(
  gateway: string,
  ask: () => Promise<T>,
): Promise<{ readonly replica: string } & (T | { readonly error: string })> {
  try {
    return { replica: gateway, ...(await ask()) };
  } catch (error) {
    if (error instanceof SluiceError) return { replica: gateway, error: error.message };
    throw error;
  }
}
