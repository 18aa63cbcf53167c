import { SluiceError } from '../errors.ts';
import { epochOf, sameRun, type Owner } from '../release/target.ts';
import type { RegisteredServer, ReleaseHold } from './server.ts';

/** Another run, or a later act of the same run, may write. `holder`: the owner of the mark, if there is one. */
export interface HoldRefusal {
  readonly refused: true;
  readonly detail: string;
  readonly holder?: Owner;
}

/**
 * Lets an act of `owner` change a server, and raises the epoch of its mark. Refused without a mark of the same run, and
 * if a later act has written.
 */
export function passHold(server: RegisteredServer, owner: Owner): RegisteredServer | HoldRefusal {
  const { release, name } = server;
  if (!release) return { refused: true, detail: `MCP server ${name} has no owner mark of ${owner.releaseId} any more` };
  const holder = release.owner;
  if (!sameRun(holder, owner))
    return { refused: true, detail: `MCP server ${name} is held by ${holder.releaseId}, run ${holder.runId}`, holder };
  if (epochOf(holder) > epochOf(owner))
    return {
      refused: true,
      detail: `MCP server ${name} was written by a later act of this release (epoch ${epochOf(holder)}, this is ${epochOf(owner)})`,
      holder,
    };
  if (epochOf(holder) === epochOf(owner)) return server;
  return { ...server, release: { ...release, owner: { ...holder, ...marked(owner) } } };
}

/** Writes the mark. `over`: the mark of a run that the caller has found to be closed. */
export function takeHold(server: RegisteredServer, owner: Owner, over?: Owner): RegisteredServer | HoldRefusal {
  const holder = server.release?.owner;
  if (!holder) return { ...server, release: { owner: marked(owner) } };
  const replaced = over && sameRun(holder, over) && epochOf(holder) === epochOf(over) && !sameRun(holder, owner);
  return replaced ? { ...server, release: { ...server.release, owner: marked(owner) } } : passHold(server, owner);
}

/** Removes the mark if this run holds it. */
export function dropHold(server: RegisteredServer, owner: Owner): RegisteredServer {
  const { release, ...free } = server;
  return release && sameRun(release.owner, owner) ? free : server;
}

/** What the removal of a mark did. `holder`: the owner of a mark that stays, because another run has it. */
export function dropped(
  before: RegisteredServer,
  { name, release }: RegisteredServer,
): { readonly changed: boolean; readonly detail: string; readonly holder?: Owner } {
  if (release)
    return {
      changed: false,
      detail: `MCP server ${name} is held by ${release.owner.releaseId}`,
      holder: release.owner,
    };
  return { changed: before.release !== undefined, detail: `MCP server ${name} has no owner mark` };
}

/** Names the version that the release of the mark brings, or none after its rollback. */
export function withReleased(server: RegisteredServer, version: string | undefined): RegisteredServer {
  const { release } = server;
  if (!release || release.version === version) return server;
  return { ...server, release: { owner: release.owner, ...(version === undefined ? {} : { version }) } };
}

/** What a write under a mark did. `changed`: whether the revision is another one. */
export type HeldResult = HoldRefusal | { readonly changed: boolean; readonly detail: string };

/**
 * Makes a change that a mark may refuse. A refused change leaves the server as it was. `changing` calls its argument
 * under the lock of the registry. Errors: SERVER_NOT_FOUND, and those of `changing` and `change`.
 */
export async function changeHeld(
  changing: (fn: (server: RegisteredServer) => RegisteredServer) => Promise<RegisteredServer>,
  change: (server: RegisteredServer) => RegisteredServer | HoldRefusal,
): Promise<HeldResult> {
  let refusal: HoldRefusal | undefined;
  let before = 0;
  const { name, revision } = await changing((server) => {
    if (server.revision === 0) throw new SluiceError('SERVER_NOT_FOUND', `There is no MCP server ${server.name}.`);
    before = server.revision;
    const result = change(server);
    refusal = isHoldRefusal(result) ? result : undefined;
    return isHoldRefusal(result) ? server : result;
  });
  return refusal ?? { changed: revision !== before, detail: `MCP server ${name} has revision ${revision}` };
}

export function isHoldRefusal(result: RegisteredServer | HoldRefusal): result is HoldRefusal {
  return 'refused' in result;
}

/** The mark contains no first run, because a reset run has a mark of its own. */
function marked({ firstRunId: _, ...owner }: Owner): ReleaseHold['owner'] {
  return owner;
}
