import { SluiceError } from '../src/domain/errors.ts';
import type { LastRun, QueueEntry } from '../src/domain/release/queue.ts';
import { releaseId } from '../src/domain/release/target.ts';
import type { QueueSteps } from '../src/ports/queue-steps.ts';
import { waitFor } from './alive.ts';

/** `busy`: somebody else has started a release at the same moment. */
export type QueuedStart =
  | { readonly outcome: 'started'; readonly runId: string }
  | { readonly outcome: 'busy' }
  | { readonly outcome: 'refused'; readonly reason: string };

/** Codes of an abort that has nothing left to do: the run is on its way back, or over. Its end says how. */
const OVER: readonly string[] = ['NOT_WAITING', 'TOO_LATE', 'RELEASE_CLOSED', 'STALE_COMMAND', 'RELEASE_NOT_FOUND'];

/** The steps of the queue of a target. Each is idempotent: requests have the request id of their entry. */
export const queueActivities = (given?: QueueSteps) => {
  const steps = (): QueueSteps => {
    if (!given) throw new SluiceError('INTERNAL', 'This worker cannot start releases.');
    return given;
  };
  return {
    /** Waits until no run of the release is open. Returns the latest run. */
    async awaitTarget(release: string): Promise<LastRun | 'none'> {
      return waitFor(async () => {
        const last = await steps().lastRun(release);
        return last?.open ? undefined : (last ?? 'none');
      });
    },

    /** Sends the abort of the run that the entry supersedes. Returns why it may not. */
    async withdrawFor({ input, caller, supersede }: QueueEntry): Promise<string | undefined> {
      const { target, image } = input.spec;
      const refusal = steps().refusalOf(caller, 'release_abort', target);
      if (refusal !== undefined || supersede?.runId === undefined) return refusal;
      try {
        await steps().abort(releaseId(target), {
          ...{ runId: supersede.runId, requestId: `supersede-${input.requestId}`, who: input.startedBy },
          why: `superseded by ${image}`,
        });
      } catch (error) {
        if (!(error instanceof SluiceError) || !OVER.includes(error.code)) throw error;
      }
      return undefined;
    },

    /** Starts the release of an entry. Its own preflight, approval and windows follow in its run. */
    async startQueued({ input, caller }: QueueEntry): Promise<QueuedStart> {
      const refusal = steps().refusalOf(caller, 'release_start', input.spec.target);
      if (refusal !== undefined) return { outcome: 'refused', reason: refusal };
      try {
        return { outcome: 'started', runId: (await steps().start(input)).runId };
      } catch (error) {
        if (error instanceof SluiceError && error.code === 'TARGET_BUSY') return { outcome: 'busy' };
        throw error;
      }
    },
  };
};
