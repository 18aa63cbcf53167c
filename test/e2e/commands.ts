import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { expectCommandRefused, expectEnd, expectRefusal } from '../support/releases-proof.ts';
import type { Release } from '../support/releases-release.ts';
import { back, forBoth, released, type Scenario } from '../support/releases-scenario.ts';
import { bringTo } from '../support/releases-states.ts';

const LONGER = 7_000;

/** What people and agents tell a release, and what it makes of it. */
export const commands: Scenario[] = [
  ...forBoth(
    'the clock stands still while it is paused',
    async (stage) => {
      const { release, letGo } = await bringTo('paused', stage);
      // Longer than the soak of 4 s: a clock that runs would end it.
      await sleep(LONGER);
      expect((await release.peek())?.state).toBe('paused');
      await letGo();
      await expectEnd(release, 'succeeded');
      expect(await soakedFor(release)).toBeGreaterThan(4_000 + LONGER);
      return released(release.image);
    },
    { record: 'pause-in-soaking' },
  ),

  ...forBoth(
    'a pause stops the deadline of a question, and nothing is promoted meanwhile',
    async (stage) => {
      const { release } = await bringTo('waiting-for-decision', stage, { timeouts: { decision: '6s' } });
      await release.pause();
      await sleep(LONGER);
      expect((await release.peek())?.state).toBe('paused');
      await expectCommandRefused(release, release.promote(), 'NOT_WAITING', /paused: resume it before promote/);
      await release.resume();
      await release.promoteAll();
      await expectEnd(release, 'succeeded');
      return released(release.image);
    },
    { record: 'pause-in-waiting-for-decision' },
  ),

  ...forBoth(
    'skip-analysis goes on without a verdict, but not without a reason',
    async (stage) => {
      await stage.noTraffic();
      const release = await stage.start('', { analysis: { hold: '1s' } });
      await release.reaches('waiting-for-decision');
      await expectRefusal(release.skipAnalysis({ reason: undefined }), 'INVALID_INPUT', /reason/);
      await expectCommandRefused(release, release.promote(), 'VERDICT_NOT_PASSED', /never advances an unjudged step/);
      await expectApplied(release.skipAnalysis({ reason: 'no traffic at night, tested by hand' }));
      await release.until(
        'the second step asks',
        ({ state, step }) => state === 'waiting-for-decision' && step?.index === 1,
      );
      await release.skipAnalysis({ reason: 'the same at the second step', step: 1 });
      await expectEnd(release, 'succeeded');
      const told = await release.story();
      expect(told.events.map(({ text }) => text).join('\n')).toMatch(
        /analysis of step 1 skipped: no traffic at night, tested by hand/,
      );
      return released(release.image);
    },
    { record: 'skip-analysis' },
  ),

  ...forBoth(
    'approve lets it start',
    async (stage) => {
      const before = await stage.present();
      const { release } = await bringTo('waiting-for-approval', stage);
      expect(await stage.present()).toBe(before);
      await expectApplied(release.approve());
      await expectEnd(release, 'succeeded');
      return released(release.image);
    },
    { record: 'approved' },
  ),

  ...forBoth(
    'reject ends it before anything is changed',
    async (stage) => {
      const before = await stage.present();
      const { release } = await bringTo('waiting-for-approval', stage);
      await expectApplied(release.reject({ reason: 'not on a Friday' }));
      await expectEnd(release, 'refused');
      expect(release.last?.reason).toMatch(/rejected by mcp:whole-release-tests/);
      return back(before);
    },
    { record: 'rejected' },
  ),

  ...forBoth(
    'without an approval in time it ends before anything is changed',
    async (stage) => {
      const before = await stage.present();
      const { release } = await bringTo('waiting-for-approval', stage, { timeouts: { approval: '2s' } });
      await expectEnd(release, 'refused');
      expect(release.last?.reason).toMatch(/approval: not within 2 s/);
      return back(before);
    },
    { record: 'approval-timeout' },
  ),

  ...forBoth('the same start sent twice starts once, another one is told of the first', async (stage) => {
    const image = stage.image();
    const release = await stage.startImage(image, { request_id: `start-of-${stage.app}-${image.slice(5)}` });
    const again = await stage.lane.mcp.call(
      'release_start',
      stage.file(image, { request_id: `start-of-${stage.app}-${image.slice(5)}` }),
    );
    expect(again).toMatchObject({ started: false, release_id: release.id, run_id: release.runId });
    await expectRefusal(
      stage.lane.mcp.call('release_start', stage.file(stage.image())),
      'TARGET_BUSY',
      new RegExp(release.id),
    );
    await expectEnd(release, 'succeeded');
    return released(image);
  }),

  ...forBoth(
    'the same promote sent twice promotes one step',
    async (stage) => {
      const { release } = await bringTo('waiting-for-decision', stage);
      const request_id = `promote-${stage.app}`;
      await expectApplied(release.promote({ request_id }));
      const asked = await release.until(
        'the second step asks',
        ({ state, step }) => state === 'waiting-for-decision' && step?.index === 1,
      );
      expect(await release.promote({ request_id })).toMatchObject({ request_id, duplicate: true });
      // Promoted a second time it would leave the state at once; the next promote finds it waiting.
      expect((await release.peek())?.events).toEqual(asked.events);
      await release.promote();
      await expectEnd(release, 'succeeded');
      return released(release.image);
    },
    { record: 'promoted-by-hand' },
  ),

  ...forBoth('promote all asks no more, and every step is still judged', async (stage) => {
    const { release, letGo } = await bringTo('waiting-for-decision', stage);
    await letGo();
    await expectEnd(release, 'succeeded');
    const verdicts = (await release.story()).events.filter(({ text }) => text.startsWith('passed: '));
    expect(verdicts).toHaveLength(2);
    return released(release.image);
  }),
];

async function expectApplied(answer: Promise<{ outcome: string; detail: string }>): Promise<void> {
  const { outcome, detail } = await answer;
  expect(`${outcome}: ${detail}`).toMatch(/^(applied|accepted): /);
}

/** From the first soak to the first judgement, by the release's own record. */
async function soakedFor(release: Release): Promise<number> {
  const { events } = await release.story();
  const [soaking, judging] = ['soaking', 'judging'].map((state) => events.find((event) => event.state === state)?.at);
  return Date.parse(judging ?? '') - Date.parse(soaking ?? '');
}
