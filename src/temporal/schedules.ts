import type { Client } from '@temporalio/client';
import { toDuration } from '../domain/duration-text.ts';
import { SluiceError } from '../domain/errors.ts';
import {
  releaseOfSchedule,
  scheduleId,
  type ReleaseSchedule,
  type ScheduledStart,
  type When,
} from '../domain/release/schedule.ts';
import { releaseId } from '../domain/release/target.ts';
import type { TemporalLink } from './connection.ts';
import { isMissing } from './failure.ts';
import { ATTRIBUTES } from './search-attributes.ts';

/** Workflow type that a schedule runs. */
export const START_RELEASE = 'startRelease';
/** A release that is more than this late is not started. */
const CATCH_UP = '1 minute';
const MAX_LISTED = 1_000;

export interface NewSchedule extends ScheduledStart {
  readonly when: When;
  readonly note?: string;
}

/** Schedules of releases, one a target. Errors: TEMPORAL_UNREACHABLE, SCHEDULE_NOT_FOUND. */
export interface Schedules {
  /** Further errors: ALREADY_EXISTS. */
  create(schedule: NewSchedule): Promise<ReleaseSchedule>;
  list(): Promise<readonly ReleaseSchedule[]>;
  /** `release`: a release id. `note` says who and why. */
  pause(release: string, note: string): Promise<ReleaseSchedule>;
  unpause(release: string, note: string): Promise<ReleaseSchedule>;
  /** Starts the release now, as if its time had come. */
  trigger(release: string): Promise<ReleaseSchedule>;
  remove(release: string): Promise<void>;
}

type Handle = ReturnType<Client['schedule']['getHandle']>;

export function createSchedules(link: TemporalLink, taskQueue: string): Schedules {
  const idOf = (release: string) => `schedule/${release}`;
  const change = (release: string, work: (handle: Handle) => Promise<unknown>): Promise<ReleaseSchedule> =>
    link.call(async (client) => {
      const handle = client.schedule.getHandle(idOf(release));
      await work(handle).catch(missing(release));
      return describe(client, handle);
    });
  return {
    create: (schedule) => link.call((client) => create(client, taskQueue, schedule)),
    list: () => link.call(list),
    pause: (release, note) => change(release, (handle) => handle.pause(note)),
    unpause: (release, note) => change(release, (handle) => handle.unpause(note)),
    trigger: (release) => change(release, (handle) => handle.trigger()),
    remove: async (release) => {
      await change(release, async () => undefined);
      await link.call((client) => client.schedule.getHandle(idOf(release)).delete());
    },
  };
}

const missing =
  (release: string) =>
  (error: unknown): never => {
    if (isMissing(error) || (error as Error).name === 'ScheduleNotFoundError')
      throw new SluiceError('SCHEDULE_NOT_FOUND', `There is no schedule for ${release}.`);
    throw error;
  };

async function create(
  client: Client,
  taskQueue: string,
  { spec, startedBy, caller, when, note }: NewSchedule,
): Promise<ReleaseSchedule> {
  const id = scheduleId(spec.target);
  const { cron, everyMs, timeZone } = when;
  try {
    const handle = await client.schedule.create({
      scheduleId: id,
      spec: {
        ...(cron !== undefined && { cronExpressions: [cron] }),
        ...(everyMs !== undefined && { intervals: [{ every: everyMs }] }),
        timezone: timeZone,
      },
      action: {
        type: 'startWorkflow',
        workflowType: START_RELEASE,
        workflowId: `start-${id}`,
        taskQueue,
        args: [{ spec, startedBy, ...(caller && { caller }) } satisfies ScheduledStart],
      },
      policies: { overlap: 'SKIP', catchupWindow: CATCH_UP },
      memo: { image: spec.image, when: whenText(when), time_zone: timeZone },
      state: { ...(note !== undefined && { note }) },
    });
    return await describe(client, handle);
  } catch (error) {
    if (error instanceof Error && error.name === 'ScheduleAlreadyRunning')
      throw new SluiceError('ALREADY_EXISTS', `${releaseId(spec.target)} already has a schedule.`, {
        next: 'Call release_schedule with the action delete first, then create it anew.',
      });
    throw error;
  }
}

function whenText({ cron, everyMs = 0 }: When): string {
  return cron ?? `every ${toDuration(everyMs)}`;
}

async function list(client: Client): Promise<readonly ReleaseSchedule[]> {
  const ids: string[] = [];
  for await (const { scheduleId: id } of client.schedule.list()) {
    if (releaseOfSchedule(id) !== undefined) ids.push(id);
    if (ids.length >= MAX_LISTED) break;
  }
  const found = await Promise.all(ids.map((id) => present(describe(client, client.schedule.getHandle(id)))));
  return found.filter((schedule) => schedule !== undefined);
}

/** Temporal's list still names a schedule for a moment after it was deleted. Such a schedule is not one of the list. */
const present = (schedule: Promise<ReleaseSchedule>): Promise<ReleaseSchedule | undefined> =>
  schedule.catch((error: unknown) => {
    if (error instanceof SluiceError && error.code === 'SCHEDULE_NOT_FOUND') return undefined;
    throw error;
  });

async function describe(client: Client, handle: Handle): Promise<ReleaseSchedule> {
  const release = releaseOfSchedule(handle.scheduleId) ?? '';
  const { memo = {}, state, info } = await handle.describe().catch(missing(release));
  const next = info.nextActionTimes[0]?.getTime();
  const last = info.recentActions.at(-1);
  const text = (name: string): string => (typeof memo[name] === 'string' ? memo[name] : '');
  return {
    ...{ id: handle.scheduleId, releaseId: release, image: text('image'), when: text('when') },
    ...{ timeZone: text('time_zone'), paused: state.paused },
    ...(state.note && { note: state.note }),
    ...(next !== undefined && !state.paused && { next }),
    ...(last && { last: { at: last.takenAt.getTime(), outcome: await outcomeOf(client, last.action.workflow) } }),
  };
}

/** The outcome of a start. The workflow writes it where it can be read without a worker. */
async function outcomeOf(
  client: Client,
  { workflowId, firstExecutionRunId }: { workflowId: string; firstExecutionRunId: string },
): Promise<string> {
  try {
    const run = await client.workflow.getHandle(workflowId, firstExecutionRunId).describe();
    const reason = run.memo?.['reason'];
    const state = run.typedSearchAttributes.get(ATTRIBUTES.state);
    if (state === undefined) return run.status.name === 'RUNNING' ? 'starting' : run.status.name.toLowerCase();
    return typeof reason === 'string' ? `${state}: ${reason}` : state;
  } catch (error) {
    if (isMissing(error)) return 'no longer known to Temporal';
    throw error;
  }
}
