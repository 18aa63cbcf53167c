import { expect } from '@jest/globals';
import { expectEnd } from '../support/releases-proof.ts';
import { back, forBoth, forOne, released, type End, type Scenario } from '../support/releases-scenario.ts';
import type { Stage } from '../support/releases-stage.ts';
import { bringTo, OPEN_STATES, recordedAs, type Held, type OpenState } from '../support/releases-states.ts';

export const KILLED_BEFORE = 'worker killed';
export const KILLED_AFTER = 'worker killed after the write';

/** States in which a worker writes: the write may be done when it dies, and must not be done twice, nor be lost. */
export const WRITING_STATES: readonly OpenState[] = ['preflight', 'starting', 'shifting', 'promoting', 'aborting'];

/**
 * SIGKILL in every state: while a worker waits there for somebody, or at the very operation that the state is about.
 */
const inEachState = OPEN_STATES.flatMap((state) =>
  forBoth(`the worker is killed while ${state}`, (stage) => survive(stage, state, killNow), {
    lane: 'chaos',
    cells: [{ state, fault: KILLED_BEFORE }],
    ...recordedAs('worker-killed-in', state),
  }),
);

const afterEachWrite = WRITING_STATES.flatMap((state) =>
  forBoth(
    `the worker is killed just after its write while ${state}`,
    (stage) => survive(stage, state, killAfterWrite),
    {
      lane: 'chaos',
      cells: [{ state, fault: KILLED_AFTER }],
    },
  ),
);

async function survive(
  stage: Stage,
  state: OpenState,
  kill: (stage: Stage, held: Held) => Promise<void>,
): Promise<End> {
  const before = await stage.present();
  const held = await bringTo(state, stage);
  await expectDeath(stage, () => kill(stage, held));
  await stage.lane.worker.ready();
  if (!held.op) await held.letGo();
  return state === 'aborting' ? rolledBack(held, before) : succeeded(held);
}

/** Exactly one death, and by SIGKILL: a worker that ends otherwise has a fault of its own. */
async function expectDeath(stage: Stage, kill: () => Promise<void>): Promise<void> {
  const { ends } = stage.lane.worker;
  const before = ends.length;
  await kill();
  await stage.lane.worker.died(before);
  expect(ends.slice(before)).toEqual(['SIGKILL']);
}

async function killNow(stage: Stage, { op }: Held): Promise<void> {
  if (op) stage.arm(op, 'before', 'kill');
  else await stage.lane.worker.kill();
}

async function killAfterWrite(stage: Stage, { op, letGo }: Held): Promise<void> {
  stage.arm(op as string, 'after', 'kill');
  await letGo();
}

async function succeeded({ release }: Held): Promise<End> {
  await expectEnd(release, 'succeeded');
  return released(release.image);
}

async function rolledBack({ release }: Held, before: string): Promise<End> {
  await expectEnd(release, 'rolled-back');
  return back(before);
}

/** Writes of a rollback and of an ending besides the one that their state is held at. */
const laterWrites: Scenario[] = (['before', 'after'] as const).flatMap((when) => [
  ...forOne(
    'blue-green',
    `the worker is killed ${when} the weights of a rollback are written`,
    (stage) => killedInRollback(stage, 'split.setWeight', when),
    { lane: 'chaos' },
  ),
  ...forBoth(
    `the worker is killed ${when} the stable image is put back`,
    (stage) => killedInRollback(stage, 'workload.setImage', when),
    { lane: 'chaos' },
  ),
  ...forOne(
    'blue-green',
    `the worker is killed ${when} the weights go back to the active Service`,
    (stage) => killedInEnding(stage, 'split.setWeight', when),
    { lane: 'chaos' },
  ),
  ...forBoth(
    `the worker is killed ${when} the owner marks are removed`,
    (stage) => killedInEnding(stage, 'workload.unclaim', when),
    { lane: 'chaos' },
  ),
]);

async function killedInRollback(stage: Stage, op: string, when: 'before' | 'after'): Promise<End> {
  const before = await stage.present();
  const held = await bringTo('soaking', stage, { analysis: { soak: '20s' } });
  await expectDeath(stage, async () => {
    stage.arm(op, when, 'kill');
    await held.release.abort();
  });
  return rolledBack(held, before);
}

async function killedInEnding(stage: Stage, op: string, when: 'before' | 'after'): Promise<End> {
  const held = await bringTo('promoting', stage);
  await expectDeath(stage, async () => {
    stage.arm(op, when, 'kill');
    await held.letGo();
  });
  return succeeded(held);
}

export const workerKills: Scenario[] = [...inEachState, ...afterEachWrite, ...laterWrites];
