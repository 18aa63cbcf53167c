import { expect } from '@jest/globals';
import { runTwinBySchedule } from '../support/releases-operator.ts';
import { expectEnd } from '../support/releases-proof.ts';
import { back, forBoth, released, type End, type Scenario } from '../support/releases-scenario.ts';
import type { Stage } from '../support/releases-stage.ts';
import { bringTo, OPEN_STATES, type OpenState } from '../support/releases-states.ts';

export const TWIN = 'twin of a schedule';

/** A schedule in Temporal starts a second run of the workflow `release` with the same input, in every state. */
export const scheduleTwins: Scenario[] = OPEN_STATES.flatMap((state) =>
  forBoth(`a schedule in Temporal starts a twin while ${state}`, (stage) => twinIn(state, stage), {
    cells: [{ state, fault: TWIN }],
  }),
);

async function twinIn(state: OpenState, stage: Stage): Promise<End> {
  const before = await stage.present();
  const { release, letGo } = await bringTo(state, stage);
  expect(await runTwinBySchedule(stage, release)).toMatchObject({
    name: 'WorkflowFailedError',
    cause: {
      type: 'INVALID_INPUT',
      message: expect.stringMatching(/workflow id: must be release\/.*release_schedule/),
    },
  });
  await letGo();
  await expectEnd(release, state === 'aborting' ? 'rolled-back' : 'succeeded');
  return state === 'aborting' ? back(before) : released(release.image);
}
