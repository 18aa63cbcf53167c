import type { Caller } from '../access/caller.ts';
import type { ReleaseSpec } from './plan.ts';
import { parseReleaseId, releaseId, type Target } from './target.ts';

/** When a schedule starts its release: by cron (five fields) in a time zone, or every so many ms since the epoch. */
export interface When {
  readonly cron?: string;
  readonly everyMs?: number;
  /** IANA name. */
  readonly timeZone: string;
}

/** The input of the workflow start-release. */
export interface ScheduledStart {
  readonly spec: ReleaseSpec;
  readonly startedBy: string;
  /** Who has made the schedule, for a release that may have to wait in the queue of its target. */
  readonly caller?: Caller;
}

/** `busy`: a run was already open for the target, and nothing was started. `queued`: it waits for its turn. */
export interface ScheduledResult {
  readonly outcome: 'started' | 'queued' | 'busy' | 'refused';
  readonly reason: string;
}

/** A schedule, as Temporal stores it. Times are epoch ms. */
export interface ReleaseSchedule {
  readonly id: string;
  readonly releaseId: string;
  readonly image: string;
  readonly when: string;
  readonly timeZone: string;
  readonly paused: boolean;
  readonly note?: string;
  readonly next?: number;
  readonly last?: { readonly at: number; readonly outcome: string };
}

const PREFIX = 'schedule/';

/** A target has at most one schedule. */
export function scheduleId(target: Target): string {
  return `${PREFIX}${releaseId(target)}`;
}

/** The release id that a schedule belongs to; undefined: it is none of Sluice's. */
export function releaseOfSchedule(id: string): string | undefined {
  const release = id.startsWith(PREFIX) ? id.slice(PREFIX.length) : '';
  return parseReleaseId(release) ? release : undefined;
}
