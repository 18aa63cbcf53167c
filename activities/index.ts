import type { Scene } from '../src/domain/release/scene.ts';
import type { Ports } from '../src/ports/index.ts';
import { alive, waitFor } from './alive.ts';
import { analysisActivities, createJudge, type Judge } from './analysis.ts';
import { fencedPorts } from './fenced-ports.ts';
import { guardActivities } from './guard.ts';
import { moveActivities, type MoveOf, type WorldSource } from './moves.ts';
import { preflightActivities } from './preflight.ts';
import { recordActivities } from './record.ts';
import { recordedJudge } from './record-judgements.ts';
import { recordedProofs } from './record-proofs.ts';
import type { Recorder } from './recorder.ts';
import { temporalRuns, type Runs } from './runs.ts';

/**
 * All effects of a release, in the worlds of the clusters, or in one world for all. Every one may run more than once:
 * it
 * reads before it writes. Without a recorder nothing is kept.
 */
export function createActivities(given: WorldSource | Ports, recorder?: Recorder, runs: Runs = temporalRuns) {
  const worlds = fencedWorlds('of' in given ? given : { of: async () => given }, runs);
  const onProof = recorder && recordedProofs(recorder);
  const moveOf: MoveOf = async (scene: Scene) => ({
    world: await worlds.of(scene.target.cluster),
    scene,
    wait: waitFor,
    ...(onProof ? { onProof } : {}),
  });
  const judge = recorder ? recordedJudge(judgeIn(worlds, recorder), recorder) : judgeIn(worlds);
  return alive({
    ...preflightActivities(worlds, recorder && ((runId) => recorder.lastView(runId))),
    ...moveActivities(moveOf),
    ...analysisActivities(judge),
    ...guardActivities(moveOf, judge),
    ...recordActivities(recorder),
  });
}

/** The same fenced ports each time for the same world. */
function fencedWorlds(worlds: WorldSource, runs: Runs): WorldSource {
  const fenced = new WeakMap<Ports, Ports>();
  return {
    async of(context) {
      const world = await worlds.of(context);
      const known = fenced.get(world) ?? fencedPorts(world, runs);
      fenced.set(world, known);
      return known;
    },
  };
}

/** One judge for each world: what it remembers of a service's counters is of one cluster. */
function judgeIn(worlds: WorldSource, recorder?: Recorder): Judge {
  const judges = new WeakMap<Ports, Judge>();
  return async (input) => {
    const world = await worlds.of(input.scene.target.cluster);
    const judge = judges.get(world) ?? createJudge(world, recorder?.checkpoints);
    judges.set(world, judge);
    return judge(input);
  };
}

export type Activities = ReturnType<typeof createActivities>;
