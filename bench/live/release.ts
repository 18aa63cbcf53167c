import { loadavg } from 'node:os';
import type { ReleaseOutput } from '../../src/contract/release-view.ts';
import type { McpLink } from '../../src/entry/demo/mcp-link.ts';
import type { LiveRun, Outcome } from './results.ts';
import { withRetries } from '../with-retries.ts';
import { BOUND_MS, type Scenario } from './scenarios.ts';

export const NAMESPACE = 'live';
/** How long an open outcome is extended before the release is rolled back. */
export const EXTEND_SECONDS = 120;
export const SOAK_SECONDS = 5;
export const WARM_UP_SECONDS = 2;
/** How long a held release waits for a promotion that does not come. */
const HELD_SECONDS = 120;

/** The default judge with a short soak, and with a fixed bound so that the simulation has the same one. */
const ANALYSIS = {
  judge: 'sequential',
  soak: `${SOAK_SECONDS}s`,
  min_requests: 50,
  warm_up: `${WARM_UP_SECONDS}s`,
  slower_than_ms: [BOUND_MS],
  on_inconclusive: 'extend',
  on_too_little_traffic: 'extend',
  on_no_data: 'extend',
  extend: `${EXTEND_SECONDS}s`,
};

export type Decided = Pick<LiveRun, 'outcome' | 'seconds' | 'requests' | 'bad' | 'reason' | 'loadAverage' | 'endedAt'>;
type Seen = ReleaseOutput & { readonly cursor: string };
type Verdict = NonNullable<ReleaseOutput['verdict']>;

/** One release from start to end, through MCP, as an agent would do it. */
export async function release(
  link: McpLink,
  cluster: string,
  app: string,
  image: string,
  { held, defaults }: Pick<Scenario, 'held' | 'defaults'>,
): Promise<Decided> {
  const file = {
    target: { cluster, namespace: NAMESPACE, rollout: app },
    image,
    strategy: 'canary',
    analysis: defaults ? {} : ANALYSIS,
    require_manual_promotion: held === true,
    // Guards of earlier releases would take part in the measurement.
    guard: '0',
    timeouts: { step: '120s', rollback: '120s', decision: held ? `${HELD_SECONDS}s` : '60s' },
  };
  const { release_id: id } = await link.call<{ release_id: string }>('release_start', file);
  let passed: Verdict | undefined;
  for (let cursor: string | undefined; ; ) {
    const seen = await withRetries(() =>
      link.call<Seen>('release_wait', {
        release_id: id,
        timeout_seconds: 25,
        ...(cursor === undefined ? {} : { cursor }),
      }),
    );
    cursor = seen.cursor;
    // The verdict of a step stays visible until the next step is judged, one soak later, so the first pass cannot be
    // missed.
    if (seen.verdict?.outcome === 'pass') passed ??= seen.verdict;
    if (seen.closed_at !== undefined) return decided(seen, passed);
    // Where a release is held on purpose, no question is answered: the guard must find a bad version without a person.
    if (seen.waiting && !(held && seen.waiting.for === 'promotion'))
      await link.call('release_abort', { release_id: id, reason: 'the bench asks nobody', confirm: id });
  }
}

/**
 * The decision on a version that was promoted is its first pass. The decision on one that was rolled back is any fail.
 */
function decided({ state, reason, verdict, events }: ReleaseOutput, passed: Verdict | undefined): Decided {
  const outcome = outcomeOf(state, reason, verdict);
  const at = outcome === 'pass' ? passed : verdict;
  // While an outcome is extended, its first verdict stays.
  const gaveUp = outcome === 'undecided' ? events.find((event) => event.state === 'aborting')?.at : undefined;
  const first = passed ?? at;
  const earlier = outcome !== 'pass' && passed ? (passed.candidate ?? NONE) : NONE;
  const own = at?.candidate ?? NONE;
  return {
    outcome,
    seconds: at && first ? (Date.parse(gaveUp ?? at.to) - Date.parse(first.from)) / 1000 : 0,
    requests: Math.round(own.requests + earlier.requests),
    bad: Math.round(own.errors + earlier.errors),
    reason: (outcome === 'disturbed' || !at ? reason : at.reason).slice(0, 300),
    ...ending(),
  };
}

/** A run without a decision of the judge. */
export function disturbed(reason: string): Decided {
  return { outcome: 'disturbed', seconds: 0, requests: 0, bad: 0, reason: reason.slice(0, 300), ...ending() };
}

function ending(): Pick<Decided, 'loadAverage' | 'endedAt'> {
  return { loadAverage: Number((loadavg()[0] ?? 0).toFixed(1)), endedAt: new Date().toISOString() };
}

const NONE = { requests: 0, errors: 0 };

function outcomeOf(state: string, reason: string, verdict: Verdict | undefined): Outcome {
  if (state === 'succeeded') return 'pass';
  if (state === 'rolled-back' && verdict?.outcome === 'fail') return 'fail';
  // The text is from workflows/judging.ts: "still inconclusive after another 120 s". A version that passed and was not
  // promoted counts as a pass: no fault was found in it.
  if (state === 'rolled-back' && /nobody promoted/.test(reason)) return 'pass';
  const open = /still (inconclusive|too little traffic|no data)|the bench asks nobody/;
  return state === 'rolled-back' && open.test(reason) ? 'undecided' : 'disturbed';
}
