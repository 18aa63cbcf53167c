import { randomUUID } from 'node:crypto';
import { SluiceError } from '../domain/errors.ts';
import type { Effect } from '../domain/effect.ts';
import type { CommandName } from '../domain/release/command.ts';
import type { Owner } from '../domain/release/target.ts';
import type { CommandContext } from './command.ts';

/** How long the caller waits for the release to act. */
const EFFECT_WAIT_MS = 3000;

interface Meant {
  readonly name: CommandName;
  readonly reason?: string | undefined;
  readonly requestId?: string | undefined;
  readonly all?: boolean;
}

/** A write that the running release carried out, or will. */
export type Handed = Omit<Effect<never>, 'before' | 'after'> & { readonly release_id: string; readonly next: string };

/**
 * Hands a write on an owned object to the release that owns it, as the release's own command: a direct write would go behind its back.
 * Errors: those of the gateway. RELEASE_CLOSED and RELEASE_NOT_FOUND mean that the mark was left behind.
 */
export async function handToRelease(context: CommandContext, owner: Owner, meant: Meant): Promise<Handed> {
  const { name, reason, requestId, all } = meant;
  const command = { name, requestId: requestId ?? randomUUID(), who: context.caller.id, ...(reason ? { why: reason } : {}), ...(all ? { all: true } : {}) };
  const { outcome, detail, duplicate } = await context.gateway.command(owner.releaseId, command, EFFECT_WAIT_MS);
  return {
    changed: outcome !== 'refused' && !duplicate,
    effective: ({ applied: 'proved', accepted: 'pending', refused: 'refused' } as const)[outcome],
    reason: `${owner.releaseId} took this as its command ${name}: ${detail}`,
    release_id: owner.releaseId,
    next: `Call release_wait with release_id "${owner.releaseId}" to follow it.`,
  };
}

/** The refusal of a write that a release has no command for. Undefined owner: nothing to refuse. Errors: OWNED_BY_OTHER. */
export function refuseOwned(owner: Owner | undefined, what: string): void {
  if (!owner) return;
  throw new SluiceError('OWNED_BY_OTHER', `${what} belongs to the running release ${owner.releaseId}; writing to it would go behind its back.`, {
    next: `Call release_get with release_id "${owner.releaseId}". Abort that release, or wait for its end. If it has ended, its mark (annotation sluice.dev/owner) was left behind: remove it.`,
    details: { release_id: owner.releaseId },
  });
}
