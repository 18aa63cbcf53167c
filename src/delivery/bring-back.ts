import { candidateSelects, isPromoted } from '../domain/release/observe.ts';
import type { BackOnStable, Superseded } from '../domain/release/moves.ts';
import { changeBack, isRefusal, readTarget, sourceOf, type Move, type Seen, type TrafficRules } from './move.ts';
import { oldVersion } from '../domain/template/template-change.ts';
import { awaitProof } from './observe.ts';

/**
 * Sets the image of before the release, ends every pause until that version is stable, and proves that no weight is
 * left on the candidate's Service. `before` puts the weights on the stable Service where the target does not own them.
 * It may be repeated at any point. A foreign image, abort or owner mark ends it.
 */
export async function bringBack(
  move: Move,
  rules: TrafficRules,
  before?: (move: Move) => Promise<void>,
): Promise<BackOnStable> {
  const { world, scene } = move;
  await before?.(move);
  const set = await world.workload.setImage(scene.target, changeBack(move, scene.plan.toImage), scene.owner);
  if (isRefusal(set)) return { kind: 'superseded', detail: set.detail };
  const left = await move.wait(() => stableOrLeft(move, rules));
  if (left !== 'stable') return left;
  const weightless = await awaitProof(move, rules, 0, (seen) => replaced(seen, oldVersion(scene.plan)));
  return weightless.kind === 'in-force' ? { kind: 'settled', proof: weightless.proof, ...sourceOf(set) } : weightless;
}

async function stableOrLeft(move: Move, rules: TrafficRules): Promise<'stable' | Superseded | undefined> {
  const { world, scene } = move;
  const seen = await readTarget(move);
  const left = replaced(seen, oldVersion(scene.plan));
  if (left) return left;
  if (!seen.observed || seen.podHash === scene.newHash) return undefined;
  if (isPromoted(seen, seen.podHash) && candidateSelects(seen, seen.podHash)) return 'stable';
  const at = rules.heldAt(seen);
  if (!at) return undefined;
  const ended = await world.workload.advance(scene.target, { podHash: seen.podHash, ...at }, scene.owner);
  // A refusal without a holder may pass: it is tried again until somebody is asked.
  return isRefusal(ended) && ended.holder ? { kind: 'superseded', detail: ended.detail } : undefined;
}

function replaced(seen: Seen, image: string): Superseded | undefined {
  if (seen.image !== image) return { kind: 'superseded', detail: `the image was changed to ${seen.image}` };
  if (!seen.observed || !seen.aborted) return undefined;
  return { kind: 'superseded', detail: 'the Rollout was aborted by somebody else' };
}
