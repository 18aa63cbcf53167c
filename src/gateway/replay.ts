import { differencesOf, type Difference } from '../domain/gateway/replay.ts';
import {
  FAILED,
  FoundDifferences,
  GONE,
  isGood,
  MAY_WRITE,
  opening,
  type Caller,
  type ToolDifference,
} from './compared-call.ts';
import { listedTools, type ListedTools } from './lists.ts';
import type { RecordedCall } from './recorded-calls.ts';
import type { Upstream } from './upstream.ts';

/** What came of asking both versions the same. It has no values, because those belong to users. */
export interface ReplayReport {
  /** Calls that were recorded, and how many of them both versions were asked. */
  readonly recorded: number;
  readonly compared: number;
  /** Calls that blue does not answer now, so that there is nothing to compare with. */
  readonly skipped: number;
  readonly differences: readonly ToolDifference[];
}

export interface Replayed {
  readonly calls: readonly RecordedCall[];
  readonly blue: Upstream;
  readonly green: Upstream;
  /** Paths whose values may differ. */
  readonly changing: readonly string[];
  /** Epoch ms after which no further call is replayed. */
  readonly until: number;
}

/**
 * Asks blue twice and the new version once for each recorded call of a tool that both say only reads. Throws
 * SluiceError if a version does not answer at all.
 */
export async function replay({ calls, blue, green, changing, until }: Replayed): Promise<ReplayReport> {
  const [before, after] = await Promise.all([listedTools(blue, {}), listedTools(green, {})]);
  const opened = await Promise.all([opening(blue), opening(green)]);
  const arms = { blue: opened[0].call, green: opened[1].call, before, after };
  const found = new FoundDifferences();
  let [compared, skipped] = [0, 0];
  try {
    for (const call of calls) {
      if (Date.now() > until) break;
      const seen = await compareOne(call, arms, changing);
      if (seen) compared += 1;
      else skipped += 1;
      found.add(call.tool, seen ?? []);
    }
  } finally {
    for (const { end } of opened) await end().catch(() => undefined);
  }
  return { recorded: calls.length, compared, skipped, differences: found.all() };
}

interface Arms {
  readonly blue: Caller;
  readonly green: Caller;
  /** What blue lists, and what the new version lists. */
  readonly before: ListedTools;
  readonly after: ListedTools;
}

/** Undefined if blue gives nothing to compare with. */
async function compareOne(
  call: RecordedCall,
  { blue, green, before, after }: Arms,
  changing: readonly string[],
): Promise<readonly Difference[] | undefined> {
  if (before.get(call.tool) !== true) return undefined;
  if (after.get(call.tool) !== true) return [after.has(call.tool) ? MAY_WRITE : GONE];
  const [once, now] = await Promise.all([blue(call), green(call)]);
  const again = await blue(call);
  if (!isGood(once) || !isGood(again)) return undefined;
  return isGood(now) ? differencesOf({ blue: once, blueAgain: again, green: now }, changing) : [FAILED];
}
