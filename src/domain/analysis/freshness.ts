import type { Cursors } from './blocks.ts';
import type { StepTotals } from './totals.ts';
import type { Finding } from './verdict.ts';

/** Number of scrape intervals that a sample may be late before its proxy counts as silent. */
const MISSED_SCRAPES = 3;
const LATE_MS = 10_000;

/**
 * Returns a finding when nothing was scraped lately, or when one proxy is silent while others continue: requests that
 * are not counted cannot be judged. `intervalMs`: time between two scrapes. `to`: the time of the judgement, epoch ms.
 * Undefined before the first scrape.
 */
export function silenceFinding(cursors: Cursors, intervalMs: number, to: number): Finding | undefined {
  const allowed = MISSED_SCRAPES * intervalMs + LATE_MS;
  const proxies = Object.entries(cursors);
  if (proxies.length === 0) return undefined;
  const newest = Math.max(...proxies.map(([, { at }]) => at));
  if (to - newest > allowed)
    return silent(`there is no new sample of the proxy's counters for ${seconds(to - newest)}`);
  const missing = proxies.filter(([, { at }]) => newest - at > allowed);
  if (missing.length === 0) return undefined;
  const names = missing.map(([name, { at }]) => `${name} (for ${seconds(to - at)})`).join(', ');
  return silent(`a proxy replica is not scraped any more: ${names}. Its answers are not counted`);
}

/** With fewer intervals, the next one may be a block. */
const MANY_LEFT_OUT = 3;

/** A finding when scrapes come, and nothing in this step could be counted from them. */
export function leftOutFinding({ proxies, leftOut = 0 }: Pick<StepTotals, 'proxies' | 'leftOut'>): Finding | undefined {
  if (proxies.length > 0 || leftOut < MANY_LEFT_OUT) return undefined;
  return silent(
    `all ${leftOut} intervals between scrapes in this step were left out, because in each a counter of the proxy fell, vanished, came back or was not a number`,
  );
}

function silent(reason: string): Finding {
  return { metric: 'scrapes', outcome: 'no-data', reason };
}

const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`;
