import { expect } from '@jest/globals';
import { newestRun, sendRefusedSignals } from '../support/releases-operator.ts';
import { expectEnd } from '../support/releases-proof.ts';
import { forOne, released, type End } from '../support/releases-scenario.ts';
import type { Stage } from '../support/releases-stage.ts';
import { bringTo } from '../support/releases-states.ts';
import { eventually } from '../support/releases-wait.ts';

/** More than the commands after which a run continues as new. */
const SIGNALS = 600;

/**
 * The signals come while no worker runs. The next worker handles them, continues the run as new, and dies at its first
 * look at the evidence. The worker after it finds whatever was done by then.
 */
async function killedAtTheChange(stage: Stage): Promise<End> {
  const held = await bringTo('waiting-for-decision', stage, { timeouts: { decision: '10m' } });
  const { release } = held;
  const { worker } = stage.lane;
  await worker.kill();
  stage.arm('evidence.counters', 'before', 'kill');
  await sendRefusedSignals(stage, release, SIGNALS);
  await eventually(
    'another run continues the release',
    async () => (await newestRun(stage, release)) !== release.runId || undefined,
    { timeoutMs: 90_000 },
  );
  await stage.reached('evidence.counters', 'before');
  await worker.ready();
  const seen = await release.reaches('waiting-for-decision');
  expect(seen.run_id).toBe(release.runId);
  await held.letGo();
  await expectEnd(release, 'succeeded');
  return released(release.image);
}

export const continuedRuns = forOne('canary', 'the worker is killed as the run continues as new', killedAtTheChange, {
  lane: 'chaos',
});
