import { binomialTail } from './binomial.ts';
import type { Finding } from './verdict.ts';

/** Counted requests of both arms at one weight, kept as sums so that their size does not grow with time. */
export interface ShareSums {
  readonly candidate: number;
  readonly total: number;
  /** Sum over the blocks of candidate² / total: from it follows how much the share varies from block to block. */
  readonly squares: number;
  readonly blocks: number;
}

export const NO_SHARE: ShareSums = { candidate: 0, total: 0, squares: 0, blocks: 0 };

/** One more block of one proxy. */
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

/** Below this probability a shortfall is no chance. */
const LEAST_P = 0.001;
const LEAST_BLOCKS = 8;
/** A round robin is much steadier than independent choices; steadier than this is never assumed. */
const STEADIEST = 0.05;

/**
 * Whether the new version answered significantly fewer requests than its weight gives it. `lost`: the share of its
 * answers that may be missing without a finding, 0…1. An answer that breaks off after its first byte is counted
 * nowhere, so it is seen only here. The test is the exact binomial one, with counts divided by the dispersion of the
 * share between blocks, which is at most 1: Traefik's round robin varies less than independent choices do.
 * `proxies`: each may have one request in hand, as a round robin begins with the greater weight.
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
  return p < LEAST_P ? { p, measured: sums.candidate / sums.total, wanted } : undefined;
}

/** Mean square of the blocks' deviations over its binomial value, with two standard errors on top; at most 1. */
function dispersionOf({ candidate, total, squares, blocks }: ShareSums): number {
  const share = candidate / total;
  const variance = share * (1 - share);
  if (blocks < LEAST_BLOCKS || variance === 0) return 1;
  const estimate = (squares - candidate * share) / (variance * (blocks - 1));
  return Math.min(1, Math.max(STEADIEST, estimate * (1 + 2 * Math.sqrt(2 / (blocks - 1)))));
}

/** What may have caused it, as far as it is known. */
export interface ShareCauses {
  /** Loads of Traefik's configuration during the step, from traefik_config_reloads_total. Absent: not known. */
  readonly reloads?: number;
  readonly sticky?: boolean;
}

/** More loads than this in one step are a cause: each one starts every round robin anew, with the greater weight. */
const MANY_RELOADS = 2;

export function shortfallFinding(
  found: NonNullable<ReturnType<typeof shortfall>>,
  { total }: Pick<ShareSums, 'total'>,
  { reloads = 0, sticky = false }: ShareCauses = {},
): Finding {
  const causes = [
    ...(reloads > MANY_RELOADS
      ? [
          `Traefik loaded its configuration ${Math.round(reloads)} times in this step, and each time its round robin starts anew with stable`,
        ]
      : []),
    ...(sticky ? ['sticky cookies keep clients on stable'] : []),
  ];
  const usual =
    'answers that break off after their first byte, which Traefik counts nowhere, or a second route with the same rule';
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

const percent = (share: number): string => `${Number((100 * share).toPrecision(3))} %`;
