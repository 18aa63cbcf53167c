import { binomialTail } from './binomial.ts';
import { rivalText, type RivalRoute } from '../route/rival.ts';
import type { Finding } from './verdict.ts';

/** Counted requests of both arms at one weight, stored as sums so that their size does not grow with time. */
export interface ShareSums {
  readonly candidate: number;
  readonly total: number;
  /** Sum over the blocks of candidate² / total. The variance of the share between blocks follows from it. */
  readonly squares: number;
  readonly blocks: number;
}

export const NO_SHARE: ShareSums = { candidate: 0, total: 0, squares: 0, blocks: 0 };

/** Adds one block of one proxy. */
export function addShare(sums: ShareSums, candidate: number, stable: number): ShareSums {
  const total = candidate + stable;
  if (!(total > 0)) return sums;
  return {
    candidate: sums.candidate + candidate,
    total: sums.total + total,
    squares: sums.squares + candidate ** 2 / total,
    blocks: sums.blocks + 1,
  };
}

/** Significance level of a shortfall. */
const MIN_P = 0.001;
const MIN_BLOCKS = 8;
/** A round robin varies much less than independent choices. This is the least dispersion that the test assumes. */
const MIN_DISPERSION = 0.05;

/**
 * Whether the new version answered significantly fewer requests than its weight gives it. An answer that breaks off
 * after its first byte is not counted anywhere, so only this test sees it.
 *
 * `lost`: the share of its answers that may be missing without a finding, 0…1. `proxies`: each proxy may have one
 * request of difference, because a round robin begins with the greater weight. The test is the exact binomial test. Its
 * counts are divided by the dispersion of the share between blocks, which is at most 1: Traefik's round robin varies
 * less than independent choices.
 */
export function shortfall(
  sums: ShareSums,
  { weight, lost, proxies }: { readonly weight: number; readonly lost: number; readonly proxies: number },
): { readonly p: number; readonly measured: number; readonly wanted: number } | undefined {
  const wanted = weight / 100;
  if (!(wanted > 0 && wanted < 1) || sums.total <= 0) return undefined;
  const least = (wanted * (1 - lost)) / (1 - wanted * lost);
  const phi = dispersionOf(sums);
  const hits = Math.min(sums.total, sums.candidate + proxies);
  const p = binomialTail(Math.ceil(hits / phi), Math.ceil(sums.total / phi), least);
  return p < MIN_P ? { p, measured: sums.candidate / sums.total, wanted } : undefined;
}

/** Mean square of the blocks' deviations divided by its binomial value, plus two standard errors. At most 1. */
function dispersionOf({ candidate, total, squares, blocks }: ShareSums): number {
  const share = candidate / total;
  const variance = share * (1 - share);
  if (blocks < MIN_BLOCKS || variance === 0) return 1;
  const estimate = (squares - candidate * share) / (variance * (blocks - 1));
  return Math.min(1, Math.max(MIN_DISPERSION, estimate * (1 + 2 * Math.sqrt(2 / (blocks - 1)))));
}

/** Possible causes of a shortfall, as far as they are known. */
export interface ShareCauses {
  /**
   * Loads of Traefik's configuration during the step, from traefik_config_reloads_total. If absent, it is not known.
   */
  readonly reloads?: number;
  readonly sticky?: boolean;
  /** Other rules that may get the requests. If absent, it is not known. */
  readonly rivals?: readonly RivalRoute[];
}

/**
 * More loads than this in one step are a cause: each load restarts every round robin, with the greater weight first.
 */
const MANY_RELOADS = 2;

export function shortfallFinding(
  found: NonNullable<ReturnType<typeof shortfall>>,
  { total }: Pick<ShareSums, 'total'>,
  { reloads = 0, sticky = false, rivals }: ShareCauses = {},
): Finding {
  const causes = [
    ...(reloads > MANY_RELOADS
      ? [
          `Traefik loaded its configuration ${Math.round(reloads)} times in this step, and each load restarts its round robin with stable`,
        ]
      : []),
    ...(sticky ? ['sticky cookies keep clients on stable'] : []),
    ...(rivals ?? []).map(rivalText),
  ];
  const usual = `answers that break off after their first byte, which Traefik does not count${rivals ? '' : ', or a second route with the same rule'}`;
  const cause = causes.length > 0 ? `${causes.join('; ')}. Other causes: ${usual}` : `Possible causes: ${usual}`;
  return {
    metric: 'share',
    outcome: 'no-data',
    measured: found.measured,
    limit: found.wanted,
    reason:
      `the new version answered ${percent(found.measured)} of ${Math.round(total)} counted requests, ` +
      `significantly less than its weight of ${percent(found.wanted)} (p ${found.p.toExponential(0)}). ${cause}`,
  };
}

/** A finding for a step in which neither version was counted, where other rules may get all requests. */
export function nothingCountedFinding(rivals: readonly RivalRoute[]): Finding | undefined {
  if (rivals.length === 0) return undefined;
  return {
    metric: 'share',
    outcome: 'no-data',
    reason: `Traefik counted no request for either version in this step. ${rivals.map(rivalText).join('; ')}`,
  };
}

const percent = (share: number): string => `${Number((100 * share).toPrecision(3))} %`;
