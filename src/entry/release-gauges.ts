import { Gauge } from 'prom-client';
import { RELEASE_STATES, isClosed, type ReleaseState } from '../domain/release/state.ts';
import type { Metrics } from '../observability/metrics.ts';
import type { ReleaseGateway, ReleaseSummary } from '../temporal/gateway.ts';

/** Maximum number of open releases that are counted. */
const MOST = 2_000;
/** Scrapes within this time are answered with the same figures, ms. */
const FRESH_MS = 10_000;

const OPEN_STATES = RELEASE_STATES.filter((state) => !isClosed(state));

/**
 * The open releases and the workers, as Temporal lists them for the task queue. Every server reports the same figures,
 * and none while Temporal does not answer.
 */
export function releaseGauges(
  { registry }: Metrics,
  { gateway, taskQueue }: { readonly gateway: Pick<ReleaseGateway, 'list' | 'probe'>; readonly taskQueue: string },
): void {
  const registers = [registry];
  const look = kept(() => Promise.all([gateway.list({ open: true, taskQueue, limit: MOST }), gateway.probe()]));
  new Gauge({
    name: 'sluice_open_releases',
    help: `Releases that have not ended, by state; at most ${MOST} are counted.`,
    labelNames: ['state'],
    registers,
    async collect() {
      this.reset();
      const counts = countsOf((await look())?.[0]);
      for (const [state, count] of counts) this.set({ state }, count);
    },
  });
  new Gauge({
    name: 'sluice_workers',
    help: 'Workers that have polled the task queue in the last 70 s. Some may have stopped since.',
    labelNames: ['task_queue'],
    registers,
    async collect() {
      this.reset();
      const found = await look();
      if (found) this.set({ task_queue: taskQueue }, found[1].pollers);
    },
  });
}

/** A state without releases has 0, so that an alert sees the end of what it fired for. */
function countsOf(releases: readonly ReleaseSummary[] | undefined): readonly (readonly [ReleaseState, number])[] {
  if (!releases) return [];
  return OPEN_STATES.map((state) => [state, releases.filter((one) => one.state === state).length] as const);
}

/** Undefined if the last look has failed. */
function kept<T>(look: () => Promise<T>): () => Promise<T | undefined> {
  let last: { readonly at: number; readonly found: Promise<T | undefined> } | undefined;
  return () => {
    if (!last || Date.now() - last.at > FRESH_MS)
      last = {
        at: Date.now(),
        found: look().then(
          (found) => found,
          () => undefined,
        ),
      };
    return last.found;
  };
}
