import { candidateSelects, isPromoted } from '../domain/release/observe.ts';
import type { Advanced, Preempted, Settled } from '../domain/release/moves.ts';
import type { Scene } from '../domain/release/scene.ts';
import type { Point } from '../domain/rollout.ts';
import type { WriteResult } from '../ports/workload.ts';
import { refusedAs } from './advance.ts';
import { isRefusal, preemption, readTarget, type Move, type Seen, type TrafficRules } from './move.ts';
import { awaitProof } from './observe.ts';
import { openStreams } from './open-streams.ts';

/** Ends the last pause, at `at`. */
export async function promote(move: Move, at: Omit<Point, 'podHash'>): Promise<Advanced> {
  const { world, scene } = move;
  const point = { podHash: scene.newHash as string, ...at };
  const result = await world.workload.advance(scene.target, point, scene.owner);
  return isRefusal(result) ? refusedAs(move, result.detail) : { kind: 'ready', detail: result.detail };
}

/**
 * Waits until the new version is stable, calls `last`, and proves that no weight is left on the candidate's Service.
 */
export async function settle(move: Move, rules: TrafficRules, last?: () => Promise<WriteResult>): Promise<Settled> {
  const { scene } = move;
  const outcome = await move.wait(() => promotedOrPreempted(move));
  if (outcome !== 'promoted') return outcome;
  const written = await last?.();
  if (written && isRefusal(written)) return { kind: 'superseded', detail: written.detail };
  const weightless = await awaitProof(move, rules, 0, (seen) => preemptionUnlessStable(seen, scene));
  if (weightless.kind !== 'in-force') return weightless;
  const streams = await openStreams(move, scene.plan.stable, scene.plan.fromImage);
  return { kind: 'settled', proof: weightless.proof, ...(streams === undefined ? {} : { streams }) };
}

async function promotedOrPreempted(move: Move): Promise<'promoted' | Preempted | undefined> {
  const { scene } = move;
  const seen = await readTarget(move);
  const preempted = preemptionUnlessStable(seen, scene);
  if (preempted) return preempted;
  const newHash = scene.newHash as string;
  return isPromoted(seen, newHash) && candidateSelects(seen, newHash) ? 'promoted' : undefined;
}

/** Aborting the stable version has no effect, and neither have other steps. */
function preemptionUnlessStable(seen: Seen, scene: Scene): Preempted | undefined {
  const preempted = preemption(seen, scene);
  return preempted?.kind === 'superseded' || seen.stableHash !== scene.newHash ? preempted : undefined;
}
