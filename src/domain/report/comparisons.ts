import { shareInterval } from '../analysis/share.ts';
import type { RecordEntry, Recorded } from '../release/record.ts';
import { inBuckets } from './buckets.ts';
import { factsOf, type Fact } from './entries.ts';
import type { Bucket, Comparison, Count, Share } from './report.ts';

/** Normal quantile of a two-sided 95 % interval. */
const Z = 1.96;
/** More buckets would be finer than the resolution of a screen. */
const MAX_BUCKETS = 60;
/** A bucket with fewer requests of one arm is joined with the next one: a share of twenty requests is noise. */
const MIN_REQUESTS = 100;

/** Bad answers of both arms: from the judge's blocks if there are any, otherwise from the counts of the verdicts. */
export function comparisonsOf(entries: readonly RecordEntry[]): readonly Comparison[] {
  const blocks = factsOf(entries, 'block');
  if (blocks.length === 0) return fromVerdicts(lastOfWindows(entries));
  const names = [...new Set(blocks.flatMap(({ data }) => Object.keys(data.questions)))];
  return names.map((name) => ({ name, counted: countedOf(name), source: 'blocks', buckets: bucketsOf(blocks, name) }));
}

/** The share of requests that the candidate answered. */
export function measuredShares(entries: readonly RecordEntry[]): readonly Bucket<Share>[] {
  const blocks = factsOf(entries, 'block').flatMap(({ data: { at, questions } }) =>
    questions['errors'] ? [{ at, ...questions['errors'].block }] : [],
  );
  const buckets =
    blocks.length > 0
      ? inBuckets(blocks, MAX_BUCKETS).map(({ from, to, items }) => ({
          from,
          to,
          candidate: sum(items.map(({ candidate }) => candidate)).requests,
          stable: sum(items.map(({ stable }) => stable)).requests,
        }))
      : windows(entries);
  return buckets.flatMap(({ from, to, candidate, stable }) => {
    const value = shareOf(candidate, candidate + stable);
    return value ? [{ from, to, value }] : [];
  });
}

function windows(entries: readonly RecordEntry[]) {
  return lastOfWindows(entries).map(({ from, to, candidate, stable }) => ({
    from,
    to,
    candidate: candidate?.requests ?? 0,
    stable: stable?.requests ?? 0,
  }));
}

function bucketsOf(blocks: readonly Fact<'block'>[], name: string): Comparison['buckets'] {
  const asked = blocks.flatMap(({ data: { at, questions } }) =>
    questions[name] ? [{ at, ...questions[name].block }] : [],
  );
  const counted = inBuckets(asked, MAX_BUCKETS).map(({ from, to, items }) => ({
    from,
    to,
    candidate: sum(items.map(({ candidate }) => candidate)),
    stable: sum(items.map(({ stable }) => stable)),
  }));
  return joined(counted).map(({ from, to, candidate, stable }) => ({ from, to, value: arms(candidate, stable) }));
}

interface Counted {
  readonly from: number;
  readonly to: number;
  readonly candidate: Count;
  readonly stable: Count;
}

/** The remainder at the end joins the previous bucket. */
function joined(buckets: readonly Counted[]): readonly Counted[] {
  const full = (one: Counted): boolean => one.candidate.requests >= MIN_REQUESTS && one.stable.requests >= MIN_REQUESTS;
  const join = (a: Counted, b: Counted): Counted => ({
    from: a.from,
    to: b.to,
    candidate: sum([a.candidate, b.candidate]),
    stable: sum([a.stable, b.stable]),
  });
  const done = buckets.reduce<Counted[]>((all, next) => {
    const last = all.at(-1);
    return last && !full(last) ? [...all.slice(0, -1), join(last, next)] : [...all, next];
  }, []);
  const [last, before] = [done.at(-1), done.at(-2)];
  return last && before && !full(last) ? [...done.slice(0, -2), join(before, last)] : done;
}

/** A verdict counts from the beginning of its step, so the last verdict of each window includes all others. */
function lastOfWindows(entries: readonly RecordEntry[]): readonly Recorded['verdict'][] {
  const byWindow = new Map(
    factsOf(entries, 'verdict')
      .filter(({ data }) => data.candidate ?? data.stable)
      .map(({ data }) => [data.from, data]),
  );
  return [...byWindow.values()].sort((a, b) => a.from - b.from);
}

function fromVerdicts(verdicts: readonly Recorded['verdict'][]): readonly Comparison[] {
  if (verdicts.length === 0) return [];
  const count = (arm: Recorded['verdict']['candidate']): Count => ({
    requests: arm?.requests ?? 0,
    bad: arm?.errors ?? 0,
  });
  const buckets = verdicts.map(({ from, to, candidate, stable }) => ({
    from,
    to,
    value: arms(count(candidate), count(stable)),
  }));
  return [{ name: 'errors', counted: countedOf('errors'), source: 'verdicts', buckets }];
}

function arms(candidate: Count, stable: Count): { candidate?: Share; stable?: Share } {
  const [own, other] = [shareOf(candidate.bad, candidate.requests), shareOf(stable.bad, stable.requests)];
  return { ...(own ? { candidate: own } : {}), ...(other ? { stable: other } : {}) };
}

/** Undefined if there were no requests, because there is no share. */
function shareOf(hits: number, of: number): Share | undefined {
  if (of <= 0) return undefined;
  const [low, high] = shareInterval(hits, of, Z);
  return { hits, of, low, high };
}

function sum(counts: readonly Count[]): Count {
  return counts.reduce((all, { requests, bad }) => ({ requests: all.requests + requests, bad: all.bad + bad }), {
    requests: 0,
    bad: 0,
  });
}

function countedOf(name: string): string {
  const slow = /^slow-(.+)ms$/.exec(name)?.[1];
  return slow === undefined ? 'answers with an error' : `answers slower than ${slow} ms`;
}
