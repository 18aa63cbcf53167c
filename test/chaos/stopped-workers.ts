import { setTimeout as sleep } from 'node:timers/promises';
import { pendingActivities } from '../support/releases-operator.ts';
import type { Supervised } from '../support/releases-process.ts';
import { expectEnd } from '../support/releases-proof.ts';
import { back, forBoth, released, type End, type Scenario } from '../support/releases-scenario.ts';
import type { Stage } from '../support/releases-stage.ts';
import { bringTo, OPEN_STATES, type Held, type OpenState } from '../support/releases-states.ts';

export const STOPPED = 'worker stopped past its heartbeat';

/** Longer than the heartbeat timeout of 6 s: Temporal gives every activity of the worker to the other one. */
const STOPPED_MS = 8_000;
/** The other worker acts in this time, before the first one wakes up and goes on with its old attempts. */
const BETWEEN_MS = 1_500;

/**
 * One of two workers is frozen (SIGSTOP) and wakes up later, in the middle of what the other one has taken over. Its
 * old attempts must write nothing that the release no longer wants.
 */
export const stoppedWorkers: Scenario[] = OPEN_STATES.flatMap((state) =>
  forBoth(`a worker is stopped past its heartbeat while ${state}`, (stage) => outlive(stage, state), {
    lane: 'stopped',
    cells: [{ state, fault: STOPPED }],
  }),
);

async function outlive(stage: Stage, state: OpenState): Promise<End> {
  const before = await stage.present();
  const held = await bringTo(state, stage, state === 'soaking' ? { analysis: { soak: '15s' } } : {});
  await freeze(await busyWorker(stage, held), () => held.letGo());
  await expectEnd(held.release, state === 'aborting' ? 'rolled-back' : 'succeeded');
  return state === 'aborting' ? back(before) : released(held.release.image);
}

async function freeze(worker: Supervised, meanwhile: () => Promise<void>): Promise<void> {
  worker.signal('SIGSTOP');
  try {
    await sleep(STOPPED_MS);
    await meanwhile();
    await sleep(BETWEEN_MS);
  } finally {
    worker.signal('SIGCONT');
  }
}

/** The worker that runs an activity of the release. If none runs, either worker will do. */
async function busyWorker(stage: Stage, { release }: Held): Promise<Supervised> {
  const busy = (await pendingActivities(stage, release)).map(({ worker }) => Number.parseInt(worker, 10));
  const { workers, worker } = stage.lane;
  return workers.find(({ pid }) => pid !== undefined && busy.includes(pid)) ?? worker;
}
