import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { ForeignWriter } from '../support/foreign-writer.ts';
import { back, forBoth, released, type End, type Scenario } from '../support/releases-scenario.ts';
import type { Stage } from '../support/releases-stage.ts';
import { bringTo, OPEN_STATES, type Held, type OpenState } from '../support/releases-states.ts';

export const WEIGHTS_FOUGHT = 'weights put back again and again';
export const IMAGE_FOUGHT = 'image put back again and again';

/** Longer than the guard needs to see a drift: two looks, a second apart. */
const SEEN_MS = 3_000;
/** The deadline of a step ends a weight that never comes into force. */
const SHORT_STEP = { timeouts: { step: '15s' } };

/** Both writers want the same weights: those of before the release. */
const AGREED: readonly OpenState[] = ['promoting', 'aborting'];

const weights = OPEN_STATES.flatMap((state) =>
  forBoth(`another writer puts the weights back while ${state}`, (stage) => weightsFought(state, stage), {
    cells: [{ state, fault: WEIGHTS_FOUGHT }],
  }),
);

async function weightsFought(state: OpenState, stage: Stage): Promise<End> {
  const before = await stage.present();
  const held = await bringTo(state, stage, SHORT_STEP);
  const ended = await fought(held, () => stage.cluster.putWeightsBack(stage.target));
  const { image } = held.release;
  if (state === 'promoting') return endedAs(ended, 'succeeded', released(image));
  if (!AGREED.includes(state)) expect(ended.reason).toMatch(/another writer|not within/);
  return endedAs(ended, 'rolled-back', back(before));
}

const images = OPEN_STATES.flatMap((state) =>
  forBoth(`another writer puts the image back while ${state}`, (stage) => imageFought(state, stage), {
    cells: [{ state, fault: IMAGE_FOUGHT }],
  }),
);

/** The release leaves the target to the image that somebody else asks for. This is the stable one here. */
async function imageFought(state: OpenState, stage: Stage): Promise<End> {
  const before = await stage.present();
  const held = await bringTo(state, stage, SHORT_STEP);
  const ended = await fought(held, () => stage.cluster.setImage(stage.target, before));
  expect(`${ended.state}: ${ended.reason}`).toMatch(/^(superseded|rolled-back): /);
  await stage.cluster.untilHealthy(stage.target, before);
  return back(before);
}

async function fought({ release, letGo }: Held, write: () => Promise<void>) {
  const writer = new ForeignWriter(write);
  try {
    await sleep(SEEN_MS);
    await letGo();
    return await release.ended();
  } finally {
    await writer.stop();
  }
}

function endedAs({ state, reason }: { state: string; reason: string }, expected: string, end: End): End {
  expect(`${state}: ${reason}`).toMatch(new RegExp(`^${expected}: `));
  return end;
}

export const foreignWriters: Scenario[] = [...weights, ...images];
