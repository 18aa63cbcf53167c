import { logEValue, type ArmBlock } from '../block-test.ts';
import type { Finding } from '../verdict.ts';

/** What an open question still needs, if both versions continue to answer as in this step so far. */
export interface StillNeeded {
  readonly metric: string;
  /** Requests to the new version. Absent if its answers so far would never prove that it is not worse. */
  readonly requests?: number;
  /** Time at the request rate of this step so far. */
  readonly ms?: number;
  /** The field of a release file that makes this question easier. */
  readonly field: string;
}

/** Minimum distance of a rate from 0 and 1, in bad answers. At 0 and 1 the logarithms are infinite. */
const MIN_BAD = 0.5;
/** With few answers the new version is assumed to be like stable: this many answers per margin are added. */
const LIKE_STABLE = 2;

/**
 * The open finding that needs the most. Undefined if no finding lacks evidence. `stepMs`: how long this step has been
 * counted. It is an estimate for people: no verdict depends on it.
 */
export function stillNeeded(findings: readonly Finding[], stepMs: number): StillNeeded | undefined {
  const open = findings.flatMap((finding) => needOf(finding, stepMs) ?? []);
  return open.toSorted((a, b) => (b.requests ?? Infinity) - (a.requests ?? Infinity))[0];
}

function needOf({ metric, outcome, measured, limit, evidence }: Finding, stepMs: number): StillNeeded | undefined {
  if (metric === 'requests' && outcome === 'too-little-traffic' && measured !== undefined && limit !== undefined)
    return timed({ metric, field: 'analysis.min_requests' }, limit - measured, measured / stepMs);
  if (outcome !== 'inconclusive' || !evidence) return undefined;
  const { candidate, stable, delta, phi, bound, notWorse } = evidence;
  // Nothing is known of a version that has answered nothing.
  if (candidate.requests === 0 || stable.requests === 0) return undefined;
  const base = { metric, field: fieldOf(metric) };
  const each = gainOf(candidate, stable, delta) / Math.max(1, phi);
  return each > 0 ? timed(base, (bound - notWorse) / each, candidate.requests / stepMs) : base;
}

function timed(base: Pick<StillNeeded, 'metric' | 'field'>, needed: number, perMs: number): StillNeeded {
  const requests = Math.max(1, Math.ceil(needed));
  return { ...base, requests, ...(perMs > 0 && { ms: requests / perMs }) };
}

/** Evidence for "not worse" from one request to the new version, as a natural logarithm. 0 if there is none. */
function gainOf(candidate: ArmBlock, stable: ArmBlock, delta: number): number {
  const ofStable = rateOf(stable);
  const added = LIKE_STABLE / Math.max(delta, 0.001);
  const ofCandidate = (candidate.bad + added * ofStable) / (candidate.requests + added);
  const rates = { candidate: Math.min(ofCandidate, 1 - MIN_BAD / (candidate.requests + 1)), stable: ofStable };
  if (rates.candidate - rates.stable >= delta) return 0;
  const expected = {
    candidate: { requests: candidate.requests, bad: rates.candidate * candidate.requests },
    stable: { requests: stable.requests, bad: rates.stable * stable.requests },
  };
  return logEValue(expected, rates, delta) / candidate.requests;
}

function rateOf({ requests, bad }: ArmBlock): number {
  const least = MIN_BAD / (requests + 1);
  return Math.min(1 - least, Math.max(least, bad / requests));
}

const fieldOf = (metric: string): string =>
  metric.startsWith('slow-') ? 'analysis.slower_than_ms or analysis.margins.slow' : 'analysis.margins.errors';
