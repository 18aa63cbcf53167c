import type { RecordEntry } from './record.ts';
import { isClosed } from './state.ts';
import type { ReleaseView } from './view.ts';

const NO_DATA = 'event/no-data/';
const DATA_AGAIN = 'event/data-again/';

/** Keys of the journal's events about missing samples. `newest`: the time of the newest sample, epoch ms. */
export const noDataKey = (newest: number): string => `${NO_DATA}${newest}`;
export const dataAgainKey = (newest: number): string => `${DATA_AGAIN}${newest}`;

/** The key of a verdict. `limits`: a hash. `newest`: the time of the newest sample that it is based on, epoch ms. */
export const verdictKey = (step: number, limits: string, newest: number, outcome: string): string =>
  `verdict/${step}/${limits}/${newest}/${outcome}`;
const VERDICT = /^verdict\/[^/]+\/[^/]+\/(\d+)\//;

/** The kinds of entries that `noDataSince` reads. */
export const NO_DATA_KINDS = ['event', 'verdict'] as const;

/**
 * The time of the newest sample (epoch ms) of a run that has had no sample for a while. Undefined if samples arrive. A
 * worker that was restarted meanwhile does not write that they arrive again. Its next verdict shows it.
 */
export function noDataSince(entries: readonly RecordEntry[]): number | undefined {
  const last = entries.findLast(({ key }) => key.startsWith(NO_DATA) || key.startsWith(DATA_AGAIN));
  if (!last?.key.startsWith(NO_DATA)) return undefined;
  const since = Number(last.key.slice(NO_DATA.length));
  return entries.some(({ key }) => Number(VERDICT.exec(key)?.[1] ?? 0) > since) ? undefined : since;
}

export function noDataText(since: number): string {
  return `There have been no data since ${new Date(since).toISOString()}, so nobody judges this version.`;
}

/** Whether a release goes forward or is held, so that missing data matter. */
export function isJudged({ state, plan, closedAt }: Pick<ReleaseView, 'state' | 'plan' | 'closedAt'>): boolean {
  return plan !== undefined && closedAt === undefined && !isClosed(state) && state !== 'aborting';
}
