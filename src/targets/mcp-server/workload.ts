import { SluiceError } from '../../domain/errors.ts';
import type { Owner, Target } from '../../domain/release/target.ts';
import { promote, rollback, versionOf } from '../../domain/servers/actions.ts';
import { compareContracts } from '../../domain/servers/contract/compare.ts';
import {
  changeHeld,
  dropHold,
  dropped,
  isHoldRefusal,
  passHold,
  takeHold,
  withReleased,
  type HoldRefusal,
} from '../../domain/servers/hold.ts';
import { blueOf, type By, type RegisteredServer } from '../../domain/servers/server.ts';
import type { ServerSystems } from '../../ports/server-systems.ts';
import type { ServersPort } from '../../ports/server-registry.ts';
import type { Change, ContractDifference, WorkloadPort, WriteResult } from '../../ports/workload.ts';
import { revisionsOf, stateOf } from './state.ts';

type Systems = Pick<ServerSystems, 'servers' | 'contracts'>;

/**
 * The versions of one MCP server in the registry. `target.rollout` is the name of the server. Every write tests the
 * owner mark under the lock of the registry. Errors: SERVER_NOT_FOUND, SERVER_VERSION_NOT_FOUND, SERVER_FILE_*,
 * SERVER_REGISTRY_BUSY.
 */
export function createWorkload({ servers, contracts }: Systems, now: () => number = Date.now): WorkloadPort {
  const read = (target: Target) => found(servers, target);
  return {
    read: async (target) => stateOf(await read(target), target),
    pods: async () => ({ pods: [] }),
    revisions: async (target) => revisionsOf(await read(target)),
    setImage: (target, { from, to }, owner) => act(servers, target, owner, (server) => named(server, from, to)),
    advance: (target, { podHash }, owner) =>
      act(servers, target, owner, (server) => promote(server, podHash, by(owner, now))),
    abort: (target, { podHash }, owner) =>
      act(servers, target, owner, (server) => withdrawn(server, podHash, by(owner, now))),
    claim: (target, owner, over) => write(servers, target, (server) => takeHold(server, owner, over)),
    fence: (target, owner) => act(servers, target, owner, (server) => server),
    unclaim: async (target, owner) => unclaimed(servers, target, owner),
    async contract(target, from, to): Promise<ContractDifference> {
      const [before, after] = await Promise.all(
        [from, to].map((version) => contracts.find({ server: target.rollout, version })),
      );
      if (!before || !after) return { missing: [...(before ? [] : [from]), ...(after ? [] : [to])] };
      return { changes: compareContracts(before, after) };
    },
  };
}

async function found(servers: ServersPort, { rollout: name }: Target): Promise<RegisteredServer> {
  const server = await servers.read(name);
  if (server) return server;
  throw new SluiceError('SERVER_NOT_FOUND', `There is no MCP server ${name}.`);
}

/** A change that the mark of `owner` allows. */
function act(
  servers: ServersPort,
  target: Target,
  owner: Owner,
  change: (server: RegisteredServer) => RegisteredServer | HoldRefusal,
): Promise<WriteResult> {
  return write(servers, target, (server) => {
    const passed = passHold(server, owner);
    return isHoldRefusal(passed) ? passed : change(passed);
  });
}

function write(
  servers: ServersPort,
  { rollout: name }: Target,
  change: (server: RegisteredServer) => RegisteredServer | HoldRefusal,
): Promise<WriteResult> {
  return changeHeld((fn) => servers.change(name, undefined, fn), change);
}

/** A server that was removed has no mark. */
async function unclaimed(servers: ServersPort, target: Target, owner: Owner): Promise<Change> {
  const server = await servers.read(target.rollout);
  if (!server) return { changed: false, detail: `MCP server ${target.rollout} does not exist any more` };
  const after = await servers.change(target.rollout, undefined, (present) => dropHold(present, owner));
  return dropped(server, after);
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
