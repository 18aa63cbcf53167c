import { SluiceError } from '../domain/errors.ts';
import type { Owner } from '../domain/release/target.ts';
import {
  changeHeld,
  dropHold,
  dropped,
  isHoldRefusal,
  passHold,
  takeHold,
  type HoldRefusal,
} from '../domain/servers/hold.ts';
import type { RegisteredServer } from '../domain/servers/server.ts';
import type { ServersPort } from './server-registry.ts';
import type { Change, WriteResult } from './workload.ts';

type ChangeServer = (server: RegisteredServer) => RegisteredServer | HoldRefusal;

/**
 * The servers of a registry under the owner marks of releases. Every write tests the mark under the lock of the
 * registry. Errors: SERVER_NOT_FOUND, SERVER_FILE_*, SERVER_REGISTRY_BUSY.
 */
export function heldServers(servers: ServersPort) {
  const write = (name: string, change: ChangeServer): Promise<WriteResult> =>
    changeHeld((fn) => servers.change(name, undefined, fn), change);
  /** A change that the mark of `owner` allows. */
  const act = (name: string, owner: Owner, change: ChangeServer): Promise<WriteResult> =>
    write(name, (server) => {
      const passed = passHold(server, owner);
      return isHoldRefusal(passed) ? passed : change(passed);
    });
  return {
    act,
    async read(name: string): Promise<RegisteredServer> {
      const server = await servers.read(name);
      if (server) return server;
      throw new SluiceError('SERVER_NOT_FOUND', `There is no MCP server ${name}.`);
    },
    claim: (name: string, owner: Owner, over?: Owner) => write(name, (server) => takeHold(server, owner, over)),
    fence: (name: string, owner: Owner) => act(name, owner, (server) => server),
    /** A server that was removed has no mark. */
    async unclaim(name: string, owner: Owner): Promise<Change> {
      const server = await servers.read(name);
      if (!server) return { changed: false, detail: `MCP server ${name} does not exist any more` };
      return dropped(server, await servers.change(name, undefined, (present) => dropHold(present, owner)));
    },
  };
}
