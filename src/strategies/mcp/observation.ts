import { armServices, readTarget, trafficRef, type Move, type Seen } from '../../delivery/move.ts';
import type { Observing } from '../../delivery/observe.ts';
import type { Preempted } from '../../domain/release/moves.ts';
import { sameRelease } from '../../domain/release/target.ts';
import type { ProxyWeights, WeightProof } from '../../domain/release/proof.ts';
import type { Scene } from '../../domain/release/scene.ts';
import { plural } from '../../domain/plural.ts';

/** Why the release must stop. Undefined while it holds the server, and blue is the version before or its own. */
export function preemption(seen: Seen, { owner, plan }: Scene): Preempted | undefined {
  const superseded = (detail: string): Preempted => ({ kind: 'superseded', detail });
  if (seen.owner && !sameRelease(seen.owner, owner)) return superseded(`${seen.owner.releaseId} holds the server`);
  if (![plan.fromImage, plan.toImage].includes(seen.stableHash))
    return superseded(`${seen.stableHash || 'no version'} became blue; ${plan.fromImage} was`);
  return undefined;
}

/** Reads the traffic of the new version from the registry and from every gateway. */
export async function observeWeight({ world, scene, onProof }: Move, wanted: number): Promise<WeightProof> {
  const arms = armServices(scene);
  const [view, replicas] = await Promise.all([
    world.split.read(trafficRef(scene)),
    world.split.inForce(trafficRef(scene), arms),
  ]);
  const written = view.weights.find(({ service }) => service === arms.candidate)?.weight;
  const common = { wanted, replicas, at: world.now() };
  const missing =
    written === wanted
      ? missingAt(replicas, wanted)
      : `the registry gives the version ${written ?? 'no'} % of the callers, wanted ${wanted}`;
  const reason = missing ?? `${wanted} % of the callers in force at ${plural(replicas.length, 'gateway')}`;
  const proof: WeightProof = { ...common, effective: missing === undefined ? 'proved' : 'pending', reason };
  onProof?.(scene, proof);
  return proof;
}

/** Why the traffic is not in force at every gateway. Undefined if it is. Nothing is proved without a gateway. */
function missingAt(replicas: readonly ProxyWeights[], wanted: number): string | undefined {
  if (replicas.length === 0) return 'this worker names no gateway in SLUICE_MCP_GATEWAYS';
  const wrong = replicas.find(({ candidate }) => candidate !== wanted);
  if (!wrong) return undefined;
  const error = wrong.error ? ` (${wrong.error})` : '';
  return `gateway ${wrong.replica} has ${wrong.candidate ?? 'no'} %, wanted ${wanted}${error}`;
}

/** Waits until every gateway has the traffic in force, or until `unless` returns why it never will be. */
export function awaitWeight<L extends { readonly kind: string }>(
  move: Move,
  wanted: number,
  unless: (seen: Seen) => L | undefined,
): Promise<{ readonly kind: 'in-force'; readonly proof: WeightProof } | L> {
  return move.wait(async () => {
    const left = unless(await readTarget(move));
    if (left) return left;
    const proof = await observeWeight(move, wanted);
    return proof.effective === 'proved' ? { kind: 'in-force' as const, proof } : undefined;
  });
}

export const observe: Observing = {
  weight: observeWeight,
  verify: (move, wanted) => awaitWeight(move, wanted, (seen) => preemption(seen, move.scene)),
  async externalChange(move) {
    const seen = await readTarget(move);
    const left = preemption(seen, move.scene);
    if (left) return left;
    return seen.stableHash === move.scene.plan.toImage
      ? { kind: 'promoted-elsewhere', detail: 'somebody else made the version blue while the step was judged' }
      : undefined;
  },
};
