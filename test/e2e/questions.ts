import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { eventCount } from '../support/releases-history.ts';
import { expectEnd } from '../support/releases-proof.ts';
import { back, forBoth, forOne, released, type Play, type Scenario } from '../support/releases-scenario.ts';
import type { Release } from '../support/releases-release.ts';
import type { Stage } from '../support/releases-stage.ts';
import { bringTo } from '../support/releases-states.ts';
import { eventually } from '../support/releases-wait.ts';

/** About 133: some 20 are of the guards that watch at each shift, and three of each look at the windows. */
const FEW_EVENTS = 145;

/** The journal is told of the question while people see it already: from when that is over, nothing may be added. */
async function settledCount(stage: Stage, release: Release): Promise<number> {
  let last = 0;
  return eventually(
    'the journal was told',
    async () => {
      const [before, now] = [last, (last = await eventCount(stage, release))];
      return now === before ? now : undefined;
    },
    { everyMs: 1_000 },
  );
}

/** What Temporal keeps of a release. */
const histories: Scenario[] = [
  ...forBoth('waiting adds nothing to the history', async (stage) => {
    const { release, letGo } = await bringTo('waiting-for-decision', stage);
    const before = await settledCount(stage, release);
    await sleep(5_000);
    expect(await eventCount(stage, release)).toBe(before);
    await letGo();
    await expectEnd(release, 'succeeded');
    return released(release.image);
  }),

  ...forOne('canary', 'a one-step release has few events', async (stage) => {
    await stage.cluster.setSteps(stage.target, [50]);
    try {
      return await fewEvents(stage);
    } finally {
      await stage.cluster.setSteps(stage.target, [25, 50]);
    }
  }),
  ...forOne('blue-green', 'a one-step release has few events', (stage) => fewEvents(stage, { steps: [100] })),
];

async function fewEvents(stage: Parameters<Play>[0], file = {}): ReturnType<Play> {
  const release = await stage.start('', file);
  await expectEnd(release, 'succeeded');
  expect(release.last?.step?.of).toBe(1);
  expect(await eventCount(stage, release)).toBeLessThan(FEW_EVENTS);
  return released(release.image);
}

/** A failing version while auto-rollback is off: never advanced, and somebody is asked. */
const withoutAutoRollback: Scenario[] = [
  ...forBoth(
    'with auto_rollback off a failing version is asked about, and aborted by hand',
    async (stage) => {
      const before = await stage.present();
      const release = await stage.start('errors-60', { auto_rollback: false });
      const asked = await release.reaches('waiting-for-decision');
      expect(asked).toMatchObject({
        step: { index: 0 },
        verdict: { outcome: 'fail' },
        waiting: { for: 'decision', answers: ['abort', 'skip-analysis'] },
      });
      await release.abort();
      await expectEnd(release, 'rolled-back');
      return back(before);
    },
    { record: 'errors-asked-then-aborted' },
  ),

  ...forBoth(
    'ARGO_AUTO_ROLLBACK=false asks, and rolls back when nobody answers',
    async (stage) => {
      const before = await stage.present();
      const release = await stage.start('errors-60', {
        auto_rollback: undefined,
        require_manual_promotion: undefined,
        timeouts: { decision: '4s' },
      });
      await release.reaches('waiting-for-decision');
      await expectEnd(release, 'rolled-back');
      return back(before);
    },
    { lane: 'settings' },
  ),

  ...forBoth(
    'ARGO_REQUIRE_MANUAL_PROMOTION=true waits for promote after each pass',
    async (stage) => {
      const release = await stage.start('', { auto_rollback: undefined, require_manual_promotion: undefined });
      for (const index of [0, 1]) {
        const asked = await release.until(
          `step ${index} asks`,
          ({ state, step }) => state === 'waiting-for-decision' && step?.index === index,
        );
        expect(asked).toMatchObject({ verdict: { outcome: 'pass' }, waiting: { for: 'promotion' } });
        await release.promote();
      }
      await expectEnd(release, 'succeeded');
      return released(release.image);
    },
    { lane: 'settings' },
  ),
];

export const questions: Scenario[] = [...histories, ...withoutAutoRollback];
