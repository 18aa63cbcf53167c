import type { RecordEntry } from '../release/record.ts';
import { factsOf, type Fact } from './entries.ts';

/** The clocks of the workflow and of the cluster may differ by this much. */
const TOLERANCE_MS = 2_000;
const STEP = /^step (\d+) of /;
const JUDGING = /^judging weight /;

/**
 * Whether a verdict is only a look of the guard: it watches for a failure before a step is judged, and after the
 * release. Such a look passes no step. In a record without the moments of judging, each verdict counts for its step.
 */
export function guardLooks(entries: readonly RecordEntry[]): (verdict: Fact<'verdict'>) => boolean {
  const steps = factsOf(entries, 'release').findLast(({ data }) => data.plan)?.data.plan?.steps.length ?? Infinity;
  const judged = judgedFrom(entries);
  return ({ at, data: { step, outcome } }) => {
    if (step >= steps) return true;
    if (judged.size === 0 || outcome === 'fail' || outcome === 'skipped') return false;
    return at < (judged.get(step) ?? Infinity) - TOLERANCE_MS;
  };
}

/** By the index of a step: when it was first judged, epoch ms. */
function judgedFrom(entries: readonly RecordEntry[]): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  let step = 0;
  for (const { at, data } of factsOf(entries, 'event').toSorted((a, b) => a.at - b.at)) {
    const begun = data.state === 'shifting' ? STEP.exec(data.text)?.[1] : undefined;
    if (begun !== undefined) step = Number(begun) - 1;
    if (data.state === 'judging' && JUDGING.test(data.text) && !found.has(step)) found.set(step, at);
  }
  return found;
}
