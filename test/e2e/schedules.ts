import { expect } from '@jest/globals';
import { withTemporal } from '../support/releases-operator.ts';
import { expectEnd, expectRefusal } from '../support/releases-proof.ts';
import { Release } from '../support/releases-release.ts';
import { forBoth, released, type End, type Scenario } from '../support/releases-scenario.ts';
import type { Stage } from '../support/releases-stage.ts';
import { eventually } from '../support/releases-wait.ts';

interface Shown {
  readonly release_id: string;
  readonly image: string;
  readonly paused: boolean;
  readonly next?: string;
  readonly last?: { readonly outcome: string };
}
type Answer = { readonly done: string; readonly schedules: readonly Shown[] };

/** The schedules of the product itself (release_schedule), from their creation until nothing of them is left. */
export const schedules: Scenario[] = forBoth(
  'a schedule starts a release that runs to its end, a busy target is left alone, and delete leaves nothing',
  async (stage) => {
    const image = stage.image();
    const id = await create(stage, image);
    await act(stage, 'trigger', id);
    const release = await startedBy(stage, id, image);
    await release.reaches('waiting-for-decision');

    await act(stage, 'trigger', id);
    await lastOutcome(stage, id, /^busy: .*already has a running release.* Nothing was started\.$/);
    const [paused] = (await act(stage, 'pause', id)).schedules;
    expect(paused).toMatchObject({ paused: true, image });
    expect(paused?.next).toBeUndefined();

    await release.promoteAll();
    await expectEnd(release, 'succeeded');
    return deleted(stage, id, image);
  },
);

const call = ({ lane }: Stage, input: object) => lane.mcp.call<Answer>('release_schedule', { ...input });
const act = (stage: Stage, action: string, id: string) => call(stage, { action, release_id: id });

async function create(stage: Stage, image: string): Promise<string> {
  const release = stage.file(image, { require_manual_promotion: true });
  const created = await call(stage, { action: 'create', cron: '0 3 1 1 *', time_zone: 'Europe/Berlin', release });
  const [shown] = created.schedules;
  // Three in the morning of the first of January in Berlin is two o'clock UTC.
  expect(shown).toMatchObject({ image, paused: false, next: expect.stringMatching(/-01-01T02:00:00/) });
  return shown?.release_id as string;
}

/** The release that the schedule has started. The schedule names its run. */
async function startedBy(stage: Stage, id: string, image: string): Promise<Release> {
  const outcome = await lastOutcome(stage, id, /^started: /);
  const runId = /, run (\S+)$/.exec(outcome)?.[1] ?? '';
  stage.release = new Release(stage.lane.mcp, id, runId, image);
  expect(await stage.release.story()).toMatchObject({
    run_id: runId,
    image,
    started_by: expect.stringMatching(/^schedule of mcp:/),
  });
  return stage.release;
}

function lastOutcome(stage: Stage, id: string, expected: RegExp): Promise<string> {
  let last: string | undefined;
  return eventually(
    `the schedule says ${expected.source}`,
    async () => {
      last = (await mine(stage, id))?.last?.outcome;
      return last !== undefined && expected.test(last) ? last : undefined;
    },
    { everyMs: 250, now: () => last },
  );
}

async function mine(stage: Stage, id: string): Promise<Shown | undefined> {
  return (await call(stage, { action: 'list' })).schedules.find(({ release_id: of }) => of === id);
}

/** Neither the product nor Temporal knows the schedule any more, and none of its runs is open. */
async function deleted(stage: Stage, id: string, image: string): Promise<End> {
  expect(await call(stage, { action: 'delete', release_id: id, confirm: id })).toMatchObject({ schedules: [] });
  await eventually('the schedule is in no list', async () => ((await mine(stage, id)) ? undefined : true));
  await expectRefusal(act(stage, 'trigger', id), 'SCHEDULE_NOT_FOUND', /There is no schedule/);
  await withTemporal(stage, async ({ workflow, schedule }) => {
    await expect(schedule.getHandle(`schedule/${id}`).describe()).rejects.toThrow();
    const open: string[] = [];
    for await (const run of workflow.list({ query: `WorkflowType = 'startRelease' AND ExecutionStatus = 'Running'` }))
      if (run.workflowId.startsWith(`start-schedule/${id}`)) open.push(run.workflowId);
    expect(open).toEqual([]);
  });
  return released(image);
}
