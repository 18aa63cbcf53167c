import { setTimeout as sleep } from 'node:timers/promises';
import { duration, toMs } from '../../contract/duration.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { CommandContext } from '../../commands/command.ts';
import type { Outcome } from '../../commands/objects/draft.ts';

const LOOK_EVERY_MS = 500;
const DEFAULT_WAIT = '2m';
const MAX_WAIT_MS = 600_000;
/** Traefik applies changes at most every 2 s (providers.providersThrottleDuration). This is time for two of them. */
const TRAEFIK_MS = 5_000;

export const waitField = duration
  .refine((text) => toMs(text) <= MAX_WAIT_MS, 'must be at most 10m')
  .optional()
  .describe('How long to wait for pods. Default 2m, at most 10m.');

export type Settled = Pick<Outcome, 'effective' | 'reason'>;

/** What a look has seen, as the beginning of a sentence without a full stop. */
export interface Seen {
  readonly done: boolean;
  readonly what: string;
}

/** Looks until it is done. A look that fails once is no reason to stop. Errors: those of `look`. */
export async function waited(
  context: CommandContext,
  wait: string | undefined,
  look: () => Promise<Seen>,
): Promise<Settled> {
  const text = wait ?? DEFAULT_WAIT;
  const until = performance.now() + toMs(text);
  for (let told = ''; ; ) {
    const { done, what } = await look().catch(unlessAway);
    if (done) return { effective: 'proved', reason: what };
    if (performance.now() >= until || context.signal.aborted)
      return { effective: 'pending', reason: `${what} (waited for ${text})` };
    if (what !== told) await context.progress(what);
    told = what;
    await sleep(LOOK_EVERY_MS, undefined, { signal: context.signal }).catch(() => undefined);
  }
}

function unlessAway(error: unknown): Seen {
  if (!(error instanceof SluiceError) || error.code !== 'CLUSTER_UNREACHABLE') throw error;
  return { done: false, what: 'The cluster does not answer' };
}

/**
 * Gives every proxy the time to see the endpoints as they are now, before pods end. A caller who has gone does not
 * wait, so nothing more may follow.
 */
export async function afterProxiesKnow(context: CommandContext, settled: Settled): Promise<Settled> {
  if (settled.effective !== 'proved') return settled;
  await context.progress('Traefik gets some seconds to see the endpoints');
  await sleep(TRAEFIK_MS, undefined, { signal: context.signal }).catch(() => undefined);
  if (!context.signal.aborted) return settled;
  return {
    effective: 'pending',
    reason: `${settled.reason}, and the call was cancelled before Traefik could see that`,
  };
}
