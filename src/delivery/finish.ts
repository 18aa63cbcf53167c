import { isPromoted } from '../domain/release/observe.ts';
import type { Advanced, Left, Settled } from '../domain/release/moves.ts';
import type { Scene } from '../domain/release/scene.ts';
import type { Point } from '../domain/rollout.ts';
import type { WriteResult } from '../ports/workload.ts';
import { refusedAs } from './advance.ts';
import { isRefusal, leftBecause, readTarget, type Move, type Seen, type TrafficRules } from './move.ts';
import { awaitProof } from './observe.ts';

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
  const left = await move.wait(() => promotedOrLeft(move));
  if (left !== 'promoted') return left;
  const written = await last?.();
  if (written && isRefusal(written)) return { kind: 'superseded', detail: written.detail };
  const weightless = await awaitProof(move, rules, 0, (seen) => leftAsStable(seen, scene));
  return weightless.kind === 'in-force' ? { kind: 'settled', proof: weightless.proof } : weightless;
}

async function promotedOrLeft(move: Move): Promise<'promoted' | Left | undefined> {
  const { scene } = move;
  const seen = await readTarget(move);
  const left = leftAsStable(seen, scene);
  if (left) return left;
  const candidate = seen.candidateSelector === scene.newHash;
  return isPromoted(seen, scene.newHash as string) && candidate ? 'promoted' : undefined;
}

/** An abort of what is stable already changes nothing, and neither do other steps. */
function leftAsStable(seen: Seen, scene: Scene): Left | undefined {
  const left = leftBecause(seen, scene);
  return left?.kind === 'superseded' || seen.stableHash !== scene.newHash ? left : undefined;
}
