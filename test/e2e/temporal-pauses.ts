import { expect } from '@jest/globals';
import { expectSaid } from '../support/releases-doors.ts';
import { aMoment, pauseActivities, pauseRun, unpauseActivities, unpauseRun } from '../support/releases-operator.ts';
import { expectEnd } from '../support/releases-proof.ts';
import { back, forBoth, released, type End, type Scenario } from '../support/releases-scenario.ts';
import type { Stage } from '../support/releases-stage.ts';
import { bringTo, OPEN_STATES, type Held, type OpenState } from '../support/releases-states.ts';

export const RUN_PAUSED = 'run paused in Temporal';
export const ACTIVITIES_PAUSED = 'activities paused in Temporal';

/** States in which the run waits for a person only, so that there is no activity to pause. */
export const WITHOUT_ACTIVITY: readonly OpenState[] = ['waiting-for-approval'];

const pausedRuns = OPEN_STATES.flatMap((state) =>
  forBoth(`the run is paused and unpaused in Temporal while ${state}`, (stage) => runPausedIn(state, stage), {
    cells: [{ state, fault: RUN_PAUSED }],
  }),
);

/** The release says that it decides nothing. What a worker was doing goes on. */
async function runPausedIn(state: OpenState, stage: Stage): Promise<End> {
  const before = await stage.present();
  const held = await bringTo(state, stage);
  await pauseRun(stage, held.release);
  try {
    await expectSaid(stage, held.release, { state: 'failed-needs-human', text: /paused in Temporal/ });
    if (held.op) await held.letGo();
    await aMoment();
  } finally {
    await unpauseRun(stage, held.release);
  }
  if (!held.op) await held.letGo();
  return endOf(state, held, before);
}

const pausedActivities = OPEN_STATES.filter((state) => !WITHOUT_ACTIVITY.includes(state)).flatMap((state) =>
  forBoth(`the activities are paused and unpaused in Temporal while ${state}`, (stage) => heldUpIn(state, stage), {
    cells: [{ state, fault: ACTIVITIES_PAUSED }],
  }),
);

/** A soak that outlasts the pause on the slowest machine. People end it. */
const LONG_SOAK = { analysis: { soak: '10m' }, timeouts: { step: '15m' } };

async function heldUpIn(state: OpenState, stage: Stage): Promise<End> {
  const before = await stage.present();
  const held = await bringTo(state, stage, state === 'soaking' ? LONG_SOAK : {});
  const paused = await pauseActivities(stage, held.release);
  expect(paused).not.toEqual([]);
  try {
    await expectSaid(stage, held.release, { text: /is paused in Temporal; unpause it/ });
    await aMoment();
  } finally {
    await unpauseActivities(stage, held.release, paused);
  }
  await (state === 'soaking' ? skipEachSoak(held) : held.letGo());
  return endOf(state, held, before);
}

async function skipEachSoak({ release }: Held): Promise<void> {
  for (const step of [0, 1]) {
    await release.until(`step ${step} soaks`, (seen) => seen.state === 'soaking' && seen.step?.index === step);
    await release.skipAnalysis({ step });
  }
}

async function endOf(state: OpenState, { release }: Held, before: string): Promise<End> {
  await expectEnd(release, state === 'aborting' ? 'rolled-back' : 'succeeded');
  return state === 'aborting' ? back(before) : released(release.image);
}

export const temporalPauses: Scenario[] = [...pausedRuns, ...pausedActivities];
