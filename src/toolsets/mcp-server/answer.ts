import { SluiceError } from '../../domain/errors.ts';
import { foundServer } from './found-server.ts';
import { z } from 'zod';
import { effectFields } from '../../contract/effect.ts';
import { serverSnapshot, toServerSnapshot, type ServerSnapshot } from '../../contract/server-snapshot.ts';
import type { By, RegisteredServer } from '../../domain/servers/server.ts';
import { emptyServer } from '../../domain/servers/server.ts';
import type { CommandContext } from '../../commands/command.ts';
import { outcomeText } from '../../commands/effect-text.ts';
import { openText } from './open-work.ts';

/** The answer of every change of a server. */
export const changeOutput = z.strictObject(effectFields(serverSnapshot));
export type ChangeOutput = z.output<typeof changeOutput>;

/** A change of one version as a caller asks for it. */
export interface Asked {
  readonly name: string;
  readonly version: string;
  readonly reason?: string | undefined;
  readonly expected_revision?: number | undefined;
}

type Change = (server: RegisteredServer, by: By) => RegisteredServer;

/**
 * Makes a change in the registry, and answers with the server before it and as it was read back after it. Errors:
 * SERVER_NOT_FOUND with the nearest name, those of the change and of the port.
 */
export async function changeServer(
  context: CommandContext,
  { name, reason, expected_revision: expected }: Asked,
  change: Change,
  scope?: RegisteredServer['scope'],
): Promise<ChangeOutput> {
  const { servers, ports, caller } = context;
  const by: By = { at: ports.now(), who: caller.id, ...(reason === undefined ? {} : { why: reason }) };
  let before = emptyServer(name, scope ?? 'project');
  const after = await servers
    .change(name, expected, (server) => change((before = server), by), scope)
    .catch(async (error: unknown) => {
      // This error of the same code also names the server that was probably meant.
      if (error instanceof SluiceError && error.code === 'SERVER_NOT_FOUND') await foundServer(context, name);
      throw error;
    });
  const changed = after.revision !== before.revision;
  return {
    changed,
    effective: 'proved',
    reason: changed ? `revision ${after.revision} was read back from the registry` : 'it was so already',
    ...(before.revision > 0 ? { before: toServerSnapshot(before) } : {}),
    after: toServerSnapshot(after),
  };
}

/** The outcome and one line for each version. */
export function changeText({ after, next, ...outcome }: ChangeOutput): string {
  return [
    `${after?.name ?? ''}: ${outcomeText(outcome)}`,
    ...(after ? versionLines(after) : []),
    ...(next === undefined ? [] : [next]),
  ].join('\n');
}

/** `  2.0.0     green     20 %  node server.js` */
export function versionLines({ versions, release, last_rollback: last }: ServerSnapshot): readonly string[] {
  const width = Math.max(0, ...versions.map(({ version }) => version.length));
  const lines = versions.map((one) => {
    const how = one.url ?? [one.command, ...(one.args ?? [])].join(' ');
    const why = one.health_reason === undefined ? '' : `: ${one.health_reason}`;
    const health = one.health === 'unknown' ? '' : `  ${one.health}${why}`;
    const open = one.open ? openText(one.open) : '';
    const { version, status, traffic, audience } = one;
    const share = audience === undefined ? '%' : `% of ${audience}`;
    return `  ${version.padEnd(width)}  ${status.padEnd(8)}  ${String(traffic).padStart(3)} ${share}  ${how}${health}${open && `  open: ${open}`}`;
  });
  const held = release === undefined ? [] : [`  held by ${release}`];
  if (!last) return [...lines, ...held];
  const why = last.reason === undefined ? '' : `: ${last.reason}`;
  return [...lines, ...held, `  last rollback ${last.at}, ${last.from_version} to ${last.to_version}${why}`];
}
