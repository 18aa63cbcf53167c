import type { Block } from '../../src/domain/analysis/block-test.ts';
import { binomial, poisson, type Random } from './random.ts';

/** Seconds between two scrapes, and scrapes in a run. */
export const SCRAPE_SECONDS = 15;
export const SCRAPES = 160;
/** Scrapes of the stable version alone before the release. The dispersion is estimated from them. */
export const PAST_SCRAPES = 240;

/** The behaviour of a pair of versions. Shares are 0…1. */
export interface Version {
  readonly name: string;
  readonly errors: { readonly candidate: number; readonly stable: number };
  /** Share of requests slower than the bound that users care about. */
  readonly slow: { readonly candidate: number; readonly stable: number };
  /** Mean size of the clumps of errors. At 1 they are independent. Sizes have a geometric distribution. */
  readonly clump?: number;
  /** All clumps have the mean size, as in the sandbox. */
  readonly evenClumps?: boolean;
  /** A wave in the errors and the latency of both arms: the rates are multiplied by 1 ± this. */
  readonly drift?: number;
  /** Share of scrapes that are lost, and of scrapes at which a proxy and its counters restart. */
  readonly gaps?: number;
  readonly resets?: number;
}

export interface Setting {
  readonly version: Version;
  readonly requestsPerSecond: number;
  /** Candidate's share of the traffic, 0…1. */
  readonly share: number;
  /** If absent: a scrape every SCRAPE_SECONDS, SCRAPES of them, after PAST_SCRAPES. */
  readonly pace?: Pace;
}

export interface Pace {
  readonly scrapeSeconds: number;
  readonly scrapes: number;
  readonly pastScrapes: number;
}

export const USUAL_PACE: Pace = { scrapeSeconds: SCRAPE_SECONDS, scrapes: SCRAPES, pastScrapes: PAST_SCRAPES };

/** The counts between two scrapes. `seen`: whether a judge gets them. A lost block is invisible to every rule. */
export interface Scrape {
  readonly errors: Block;
  readonly slow: Block;
  readonly seen: boolean;
  /** Percent of the traffic for the candidate. */
  readonly weight: number;
}

/** Whether failing, or passing, this version is wrong. δ: the margins of the judge. */
export function truth(
  { errors, slow }: Version,
  delta: { readonly errors: number; readonly slow: number },
): 'worse' | 'not-worse' {
  const tiny = 1e-9;
  return errors.candidate - errors.stable > delta.errors + tiny || slow.candidate - slow.stable > delta.slow + tiny
    ? 'worse'
    : 'not-worse';
}

export function scrape(
  random: Random,
  { version, requestsPerSecond, share, pace = USUAL_PACE }: Setting,
  index: number,
): Scrape {
  const wave = 1 + (version.drift ?? 0) * Math.sin(index / 6);
  const mean = requestsPerSecond * pace.scrapeSeconds;
  const sizes = { candidate: poisson(random, mean * share), stable: poisson(random, mean * (1 - share)) };
  const arm = (name: 'candidate' | 'stable', bad: number) => ({ requests: sizes[name], bad });
  return {
    errors: {
      candidate: arm('candidate', clumped(random, sizes.candidate, version.errors.candidate * wave, version)),
      stable: arm('stable', clumped(random, sizes.stable, version.errors.stable * wave, version)),
    },
    slow: {
      candidate: arm('candidate', binomial(random, sizes.candidate, version.slow.candidate * wave)),
      stable: arm('stable', binomial(random, sizes.stable, version.slow.stable * wave)),
    },
    // A block that is missing for one arm, or has a reset, is dropped for both arms. For the judges it is a gap.
    seen: random() >= (version.gaps ?? 0) + (version.resets ?? 0),
    weight: 100 * share,
  };
}

/**
 * Bad answers at the same rate, in clumps of geometric or of constant size, as from a client that retries or a pod that
 * stops.
 */
function clumped(random: Random, requests: number, rate: number, { clump: size = 1, evenClumps }: Version): number {
  if (size <= 1) return binomial(random, requests, rate);
  if (evenClumps) return Math.min(requests, size * poisson(random, (requests * rate) / size));
  let bad = 0;
  for (let left = poisson(random, (requests * rate) / size); left > 0; left -= 1)
    bad += 1 + Math.floor(Math.log(1 - random()) / Math.log(1 - 1 / size));
  return Math.min(requests, bad);
}
