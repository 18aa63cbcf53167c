import { Context } from '@temporalio/activity';
import type { Scene } from '../src/domain/release/scene.ts';
import type { World, Worlds } from '../src/ports/world.ts';
import { alive, waitFor } from './alive.ts';
import { deliveryActivities } from './delivery.ts';
import { analysisActivities, createJudge, type Judge } from './analysis.ts';
import { fencedPorts } from './fenced-ports.ts';
import { guardActivities } from './guard.ts';
import { moveActivities, type MoveOf } from './moves.ts';
import { preflightActivities, worldOf } from './preflight.ts';
import { recordActivities } from './record.ts';
import { recordedJudge } from './record-judgements.ts';
import { recordedProofs } from './record-proofs.ts';
import type { Recorder } from './recorder.ts';
import type { DeliverySteps } from '../src/ports/delivery-steps.ts';
import type { QueueSteps } from '../src/ports/queue-steps.ts';
import type { ReleaseStarter } from '../src/ports/release-starter.ts';
import { queueActivities } from './queue.ts';
import { startActivities } from './start-release.ts';
import { temporalRuns, type Runs } from './runs.ts';
import type { WindowsPort } from '../src/ports/windows.ts';
import { windowActivities } from './windows.ts';

/** What only some workflows need. */
interface Further {
  readonly starter?: ReleaseStarter;
  readonly queue?: QueueSteps;
  readonly windows?: WindowsPort | undefined;
  readonly steps?: DeliverySteps;
}

/**
 * All effects of a release, in the worlds of the clusters. Each may run more than once: it reads before it writes, and
 * its first read is the identity of its cluster. Without a recorder nothing is recorded. `starter` starts the releases
 * of schedules, `queue` those that have waited, `windows` says when a target may be changed, and `steps` are those of a
 * delivery. Without `windows` every target is open at any time.
 */
export function createActivities(
  given: Worlds,
  recorder?: Recorder,
  runs: Runs = temporalRuns,
  { starter, queue, windows, steps }: Further = {},
) {
  const worlds = fencedWorlds(given, runs);
  const onProof = recorder && recordedProofs(recorder);
  const moveOf: MoveOf = async (scene: Scene) => ({
    world: await worldOf(worlds, scene),
    scene,
    wait: waitFor,
    signal: Context.current().cancellationSignal,
    ...(onProof ? { onProof } : {}),
  });
  const judge = recorder ? recordedJudge(judgeIn(worlds, recorder), recorder) : judgeIn(worlds);
  return alive({
    ...preflightActivities(worlds, recorder && ((runId) => recorder.lastView(runId)), runs),
    ...moveActivities(moveOf),
    ...analysisActivities(judge),
    ...guardActivities(moveOf, judge),
    ...recordActivities(recorder),
    ...startActivities(starter),
    ...queueActivities(queue),
    ...windowActivities(windows),
    ...deliveryActivities(steps),
  });
}

/** Returns the same fenced ports each time for the same world. An attempt of an activity requests its world once. */
function fencedWorlds(worlds: Worlds, runs: Runs): Worlds {
  const fenced = new WeakMap<World, World>();
  const asked = new WeakMap<Context, Promise<World>>();
  const find: Worlds['of'] = async (...of) => {
    const world = await worlds.of(...of);
    const known = fenced.get(world) ?? fencedPorts(world, runs);
    fenced.set(world, known);
    return known;
  };
  return {
    async of(...of) {
      const attempt = Context.current();
      const world = asked.get(attempt) ?? find(...of);
      asked.set(attempt, world);
      return world;
    },
  };
}

/** There is one judge for each world, because cached counters belong to one cluster. */
function judgeIn(worlds: Worlds, recorder?: Recorder): Judge {
  const judges = new WeakMap<World, Judge>();
  return async (input) => {
    const world = await worldOf(worlds, input.scene);
    const judge = judges.get(world) ?? createJudge(world, recorder?.checkpoints);
    judges.set(world, judge);
    return judge(input);
  };
}

export type Activities = ReturnType<typeof createActivities>;
