import { setTimeout as sleep } from 'node:timers/promises';
import type { Effect } from '../domain/effect.ts';
import { SluiceError } from '../domain/errors.ts';
import type { RouteView, ServedRoute } from '../ports/routes.ts';
import type { CommandContext } from './command.ts';

export type Proof = Pick<Effect<never>, 'reason'> & { readonly effective: 'proved' | 'pending' };

/** Traefik applies changes at most every 2 s. This is time for several such intervals. */
const PROOF_MS = 10_000;
const POLL_MS = 150;

export interface Claim {
  /** What every replica should serve, as the beginning of "… in force on all 2 Traefik replicas". */
  readonly what: string;
  /** The fault of one replica's answer. Undefined when there is none. */
  readonly missing: (served: ServedRoute) => string | undefined;
}

/**
 * Reads all replicas until each one serves what is claimed, for at most 10 s. Never throws: a replica that cannot be
 * read is not proved.
 */
export async function proveRoute(
  { ports, signal }: CommandContext,
  view: Pick<RouteView, 'ref' | 'entries'>,
  claim: Claim,
): Promise<Proof> {
  const deadline = Date.now() + PROOF_MS;
  for (;;) {
    const proof = await look(() => ports.routes.served(view), claim);
    if (proof.final || signal.aborted || Date.now() + POLL_MS > deadline)
      return { effective: proof.effective, reason: proof.reason };
    await sleep(POLL_MS);
  }
}

async function look(
  ask: () => Promise<readonly ServedRoute[]>,
  { what, missing }: Claim,
): Promise<Proof & { readonly final: boolean }> {
  try {
    const served = await ask();
    if (served.length === 0)
      return {
        effective: 'pending',
        reason: `${what} is written; no Traefik API is configured, so only the counters can confirm that it is in force`,
        final: true,
      };
    const wrong = served.flatMap((one) => missing(one) ?? []);
    if (wrong.length === 0)
      return { effective: 'proved', reason: `${what} in force on all ${served.length} Traefik replicas`, final: true };
    return {
      effective: 'pending',
      reason: `${what} is written, but not in force everywhere yet: ${wrong.join('; ')}`,
      final: false,
    };
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    return {
      effective: 'pending',
      reason: `${what} is written; the Traefik replicas could not be asked: ${error.message}`,
      final: false,
    };
  }
}

/** A claim about weights and, optionally, a router with this rule. */
export function serves(weights: readonly number[], what: string, rule?: string): Claim {
  const missing = (served: ServedRoute) => {
    const name = `Traefik ${served.replica}`;
    if (served.unknown) return `${name} does not know the route`;
    if (!served.weights) return `${name}: ${served.error ?? 'no weights'}`;
    if (JSON.stringify(served.weights) !== JSON.stringify(weights))
      return `${name} serves ${served.weights.join('/')} instead of ${weights.join('/')}`;
    if (rule !== undefined && !served.rules?.includes(rule))
      return `${name} has no enabled router for ${rule}${served.error === undefined ? '' : ` (${served.error})`}`;
    return undefined;
  };
  return { what, missing };
}
