import { expect } from '@jest/globals';
import { Release } from '../support/releases-release.ts';
import { resetToBeginning, terminate } from '../support/releases-operator.ts';
import { expectSaid } from '../support/releases-doors.ts';
import { expectEnd } from '../support/releases-proof.ts';
import { back, forBoth, released, type End, type Scenario } from '../support/releases-scenario.ts';
import type { Stage } from '../support/releases-stage.ts';
import { bringTo, OPEN_STATES, type Held, type OpenState } from '../support/releases-states.ts';

export const TERMINATED = 'terminated in Temporal';
export const RESET = 'reset in Temporal';

/** Nothing of the release is on the target yet, so a run that begins anew does everything again. */
const UNCHANGED: readonly OpenState[] = ['preflight', 'waiting-for-approval'];
/**
 * The worker that is held there may write before the new run has taken over the mark: the image, which the new run then
 * takes back, or the promotion, which it can only complete.
 */
const EITHER: readonly OpenState[] = ['starting', 'promoting'];

const resets = OPEN_STATES.flatMap((state) =>
  forBoth(`the run is reset to its beginning while ${state}`, (stage) => resetIn(state, stage), {
    cells: [{ state, fault: RESET }],
  }),
);

async function resetIn(state: OpenState, stage: Stage): Promise<End> {
  const before = await stage.present();
  const held = await bringTo(state, stage);
  await resetToBeginning(stage, held.release);
  if (state === 'waiting-for-approval') await held.release.reaches(state);
  await held.letGo();
  const { state: ended, reason } = await held.release.ended();
  const expected = UNCHANGED.includes(state) ? 'succeeded' : 'rolled-back';
  expect(`${ended}: ${reason}`).toMatch(
    new RegExp(`^${EITHER.includes(state) ? '(succeeded|rolled-back)' : expected}: `),
  );
  expect(reason).not.toContain('not judged');
  return ended === 'succeeded' ? released(held.release.image) : back(before);
}

const terminations = OPEN_STATES.flatMap((state) =>
  forBoth(`the run is terminated while ${state}`, (stage) => terminatedIn(state, stage), {
    cells: [{ state, fault: TERMINATED }],
  }),
);

/** Every interface says that nobody acts, and one command puts the traffic back. */
async function terminatedIn(state: OpenState, stage: Stage): Promise<End> {
  const before = await stage.present();
  const held = await bringTo(state, stage);
  await terminate(stage, held.release);
  await expectSaid(stage, held.release, { state: 'failed-needs-human', text: /Temporal says TERMINATED/ });
  await clearHold(held);
  if (state === 'preflight') return nextOne(stage);
  const recovery = await recover(stage, held.release);
  const { state: ended, reason } = await recovery.ended();
  expect(`${ended}: ${reason}`).toMatch(state === 'promoting' ? /^(succeeded|rolled-back): / : /^rolled-back: /);
  expect(reason).not.toContain('not judged');
  return ended === 'succeeded' ? released(recovery.image) : back(before);
}

/** A worker that was held in the middle of its work goes on with it, although its run has ended. */
async function clearHold({ op, letGo }: Held): Promise<void> {
  if (op) await letGo();
}

async function recover(stage: Stage, { id, image }: Release): Promise<Release> {
  const started = await stage.lane.mcp.call<{ run_id: string; started: boolean }>('release_recover', {
    ...{ release_id: id, confirm: id },
    reason: 'its run was terminated',
  });
  expect(started.started).toBe(true);
  stage.release = new Release(stage.lane.mcp, id, started.run_id, image);
  return stage.release;
}

/** A release that ended before it had a plan has moved nothing. The next release takes over its mark. */
async function nextOne(stage: Stage): Promise<End> {
  const next = await stage.start();
  await expectEnd(next, 'succeeded');
  return released(next.image);
}

export const temporalEnds: Scenario[] = [...resets, ...terminations];
