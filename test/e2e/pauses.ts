import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { expectCommandRefused, expectEnd } from '../support/releases-proof.ts';
import { back, forBoth, released, type End, type Scenario } from '../support/releases-scenario.ts';
import type { Stage } from '../support/releases-stage.ts';
import { bringTo, OPEN_STATES, type Held, type OpenState } from '../support/releases-states.ts';

export const PAUSE = 'pause and resume';

/** What cannot be held: it is paused already, or the way to its end is the shorter one. */
const REFUSED: readonly OpenState[] = ['paused', 'promoting', 'aborting'];
/** Longer than a worker that was let go needs to reach the next state. */
const A_WHILE_MS = 2_500;

/** A pause in every state. */
export const pauses: Scenario[] = OPEN_STATES.flatMap((state) =>
  forBoth(
    `pause and resume while ${state}`,
    (stage) => (REFUSED.includes(state) ? refusesPause(state, stage) : pauseIn(state, stage)),
    { cells: [{ state, fault: PAUSE }] },
  ),
);

async function pauseIn(state: OpenState, stage: Stage): Promise<End> {
  const held = await bringTo(state, stage);
  await held.release.pause({ reason: 'to look at it' });
  // A worker in the middle of its work ends it, and the release goes no further.
  if (held.op) await held.letGo();
  await sleep(A_WHILE_MS);
  expect((await held.release.peek())?.state).toBe('paused');
  await held.release.resume();
  if (!held.op) await held.letGo();
  await expectEnd(held.release, 'succeeded');
  return released(held.release.image);
}

async function refusesPause(state: OpenState, stage: Stage): Promise<End> {
  const before = await stage.present();
  const held: Held = await bringTo(state, stage);
  const why = /paused already|being rolled back|promotion is under way/;
  await expectCommandRefused(held.release, held.release.pause(), 'NOT_WAITING', why);
  await held.letGo();
  await expectEnd(held.release, state === 'aborting' ? 'rolled-back' : 'succeeded');
  return state === 'aborting' ? back(before) : released(held.release.image);
}
