import { expect } from '@jest/globals';
import { expectCommandRefused, expectEnd } from '../support/releases-proof.ts';
import { back, forBoth, forOne, leftTo, released, type End, type Scenario } from '../support/releases-scenario.ts';
import type { Stage } from '../support/releases-stage.ts';
import { bringTo, OPEN_STATES, recordedAs, type Held, type OpenState } from '../support/releases-states.ts';

export const ABORT = 'abort';
export const FOREIGN_IMAGE = 'foreign image';

const UNTOUCHED: readonly OpenState[] = ['preflight', 'waiting-for-approval'];

/** An abort in every state. */
const aborts = OPEN_STATES.flatMap((state) =>
  forBoth(`abort while ${state}`, (stage) => abortIn(state, stage), {
    cells: [{ state, fault: ABORT }],
    record: `abort-in-${state}`,
  }),
);

async function abortIn(state: OpenState, stage: Stage): Promise<End> {
  const before = await stage.present();
  const held = await bringTo(state, stage);
  await (state === 'aborting' ? abortAgain(held) : abortHeld(held));
  if (UNTOUCHED.includes(state)) await expectEnd(held.release, 'refused');
  else if (state === 'promoting') return afterLateAbort(held, before);
  else await expectEnd(held.release, 'rolled-back');
  return back(before);
}

/**
 * A worker that is held in the middle of its work does that work after the abort was taken: the release must undo it.
 */
async function abortHeld({ release, op, letGo }: Held): Promise<void> {
  const { outcome } = await release.abort();
  // Which of the two depends on whether its effect was seen within the seconds that a caller is kept.
  expect(['applied', 'accepted']).toContain(outcome);
  if (op) await letGo();
}

async function abortAgain({ release, letGo }: Held): Promise<void> {
  await expectCommandRefused(release, release.abort(), 'NOT_WAITING', /already being rolled back/);
  await letGo();
}

/**
 * The last pause may have been ended before the abort could act. Whichever it was, the release must say so and be so.
 */
async function afterLateAbort({ release }: Held, before: string): Promise<End> {
  const ended = await release.ended();
  const [answer] = ended.commands.filter(({ command }) => command === 'abort');
  if (ended.state === 'succeeded')
    expect(answer).toMatchObject({ outcome: 'refused', detail: expect.stringMatching(/^too late/) });
  else expect([ended.state, answer?.outcome]).toEqual(['rolled-back', 'applied']);
  return ended.state === 'succeeded' ? released(release.image) : back(before);
}

/** Somebody else's image in every state. */
const foreignImages = OPEN_STATES.flatMap((state) =>
  forBoth(`somebody else's image while ${state}`, (stage) => foreignImageIn(state, stage), {
    cells: [{ state, fault: FOREIGN_IMAGE }],
    ...recordedAs('foreign-image-in', state),
  }),
);

async function foreignImageIn(state: OpenState, stage: Stage): Promise<End> {
  const { release, letGo } = await bringTo(state, stage);
  const newer = stage.image();
  // Argo turns the preview Service to the newer pods before they are ready, under whatever weight it has just then.
  if (stage.strategy === 'blue-green') stage.excuse503s();
  await stage.cluster.setImage(stage.target, newer);
  await letGo();
  await expectEnd(release, 'superseded');
  stage.excuseNoMore();
  return leftTo(newer);
}

const others: Scenario[] = [
  ...forBoth(
    'abort of a version that does not get ready',
    async (stage) => {
      const before = await stage.present();
      const release = await stage.start('never-ready');
      await release.reaches('starting');
      await stage.cluster.untilImage(stage.target, release.image);
      await release.abort();
      await expectEnd(release, 'rolled-back');
      return back(before);
    },
    { record: 'abort-of-never-ready' },
  ),

  ...forOne('canary', 'a rollback window appears after the plan', async (stage) => {
    const earlier = await stage.present();
    const newer = await stage.start();
    await expectEnd(newer, 'succeeded');
    const release = await stage.startImage(earlier, { approval: { required: true } });
    await release.reaches('waiting-for-approval');
    try {
      await stage.cluster.setRollbackWindow(stage.target, 9);
      await release.approve();
      await expectEnd(release, 'rolled-back');
      expect((await release.ended()).reason).toContain('went past the first step');
    } finally {
      await stage.cluster.setRollbackWindow(stage.target, 0);
    }
    return back(newer.image);
  }),

  ...forOne('canary', 'somebody changes the steps while soaking', async (stage) => {
    const before = await stage.present();
    const { release, letGo } = await bringTo('soaking', stage);
    try {
      await stage.cluster.setSteps(stage.target, [10, 50]);
      await letGo();
      await expectEnd(release, 'rolled-back');
      expect((await release.ended()).reason).toContain('changed the steps of the Rollout');
    } finally {
      await stage.cluster.setSteps(stage.target, [25, 50]);
    }
    return back(before);
  }),
];

export const interference: Scenario[] = [...aborts, ...foreignImages, ...others];
