import type { Owner, Target } from '../../domain/release/target.ts';
import { promote, rollback, versionOf } from '../../domain/servers/actions.ts';
import { compareContracts } from '../../domain/servers/contract/compare.ts';
import { withReleased, type HoldRefusal } from '../../domain/servers/hold.ts';
import { blueOf, type By, type RegisteredServer } from '../../domain/servers/server.ts';
import type { ServerSystems } from '../../ports/server-systems.ts';
import { heldServers } from '../../ports/held-servers.ts';
import type { ContractDifference, WorkloadPort } from '../../ports/workload.ts';
import { revisionsOf, stateOf } from './state.ts';

type Systems = Pick<ServerSystems, 'servers' | 'contracts'>;
type Changed = RegisteredServer | HoldRefusal;

/**
 * The versions of one MCP server in the registry. `target.rollout` is the name of the server. Every write tests the
 * owner mark under the lock of the registry. Errors: SERVER_NOT_FOUND, SERVER_VERSION_NOT_FOUND, SERVER_FILE_*,
 * SERVER_REGISTRY_BUSY.
 */
export function createWorkload({ servers, contracts }: Systems, now: () => number = Date.now): WorkloadPort {
  const held = heldServers(servers);
  const act = ({ rollout: name }: Target, owner: Owner, change: (server: RegisteredServer, at: By) => Changed) =>
    held.act(name, owner, (server) => change(server, by(owner, now)));
  return {
    read: async (target) => stateOf(await held.read(target.rollout), target),
    pods: async () => ({ pods: [] }),
    revisions: async ({ rollout: name }) => revisionsOf(await held.read(name)),
    setImage: (target, { from, to }, owner) => act(target, owner, (server) => named(server, from, to)),
    advance: (target, { podHash }, owner) => act(target, owner, (server, at) => promote(server, podHash, at)),
    abort: (target, { podHash }, owner) => act(target, owner, (server, at) => withdrawn(server, podHash, at)),
    claim: ({ rollout: name }, owner, over) => held.claim(name, owner, over),
    fence: ({ rollout: name }, owner) => held.fence(name, owner),
    unclaim: ({ rollout: name }, owner) => held.unclaim(name, owner),
    async contract(target, from, to): Promise<ContractDifference> {
      const [before, after] = await Promise.all(
        [from, to].map((version) => contracts.find({ server: target.rollout, version })),
      );
      if (!before || !after) return { missing: [...(before ? [] : [from]), ...(after ? [] : [to])] };
      const graceMs = versionOf(await held.read(target.rollout), to).graceMs;
      return { changes: compareContracts(before, after), ...(graceMs === undefined ? {} : { graceMs }) };
    },
  };
}

/** The version that the release brings. Blue stays as it is. `from` is the version that it replaces, or takes back. */
function named(server: RegisteredServer, from: string, to: string): RegisteredServer | HoldRefusal {
  versionOf(server, to);
  const blue = blueOf(server)?.version;
  const present = server.release?.version ?? blue;
  if (present !== from && present !== to)
    return { refused: true, detail: `MCP server ${server.name} is at ${present ?? 'no version'}, not at ${from}` };
  return withReleased(server, to === blue ? undefined : to);
}

/** The version loses its callers to blue. A version that is blue itself keeps them. */
function withdrawn(server: RegisteredServer, version: string, by_: By): RegisteredServer | HoldRefusal {
  if (blueOf(server)?.version === version)
    return { refused: true, detail: `version ${version} of MCP server ${server.name} is blue already` };
  return rollback(server, version, by_);
}

function by({ releaseId, runId }: Owner, now: () => number): By {
  return { at: now(), who: releaseId, why: `run ${runId}`, releaseId };
}
