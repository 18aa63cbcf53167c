import type { ExternalChange, Verified } from '../domain/release/moves.ts';
import { proveWeight, reportedWeight, type WeightProof } from '../domain/release/proof.ts';
import type { RolloutState } from '../domain/rollout.ts';
import { armServices, preemption, readTarget, trafficRef, type Move, type Seen, type TrafficRules } from './move.ts';

export interface Observing {
  /** Reads the weight of the new version from every place that holds it. `wanted`: percent. */
  readonly weight: (move: Move, wanted: number) => Promise<WeightProof>;
  /** Waits until `wanted` percent are in force. It ends early when another owner has taken the target. */
  readonly verify: (move: Move, wanted: number) => Promise<Verified>;
  /** The change that another actor made to the target while step `index` was held. */
  readonly externalChange: (move: Move, index: number) => Promise<ExternalChange | undefined>;
}

/** Implements the verb `observe` for strategies with a weight between two Services. */
export function observeWith(rules: TrafficRules): Observing {
  return {
    weight: (move, wanted) => observeWeight(move, rules, wanted),
    verify: (move, wanted) => awaitProof(move, rules, wanted, (seen) => preemption(seen, move.scene)),
    externalChange,
  };
}

/** Reads the weight from every place that holds it: Rollout, TraefikService and every Traefik replica. */
export async function observeWeight(
  { world, scene, onProof }: Move,
  { reported }: TrafficRules,
  wanted: number,
  state?: RolloutState,
): Promise<WeightProof> {
  const arms = armServices(scene);
  const [seen, traffic, replicas] = await Promise.all([
    state ?? world.workload.read(scene.target),
    world.split.read(trafficRef(scene)),
    world.split.inForce(trafficRef(scene), arms),
  ]);
  const written = traffic.weights.find((entry) => entry.service === arms.candidate)?.weight;
  const rollout = reported(seen);
  const at = world.now();
  const proof =
    traffic.report === undefined
      ? proveWeight({
          wanted,
          ...(rollout === undefined ? {} : { rollout }),
          ...(written === undefined ? {} : { traefikService: written }),
          replicas,
          at,
        })
      : reportedWeight({ wanted, at }, { weight: written ?? 0, report: traffic.report });
  onProof?.(scene, proof);
  return proof;
}

/** Whether the weight is proved or, without any replica API, whether Rollout and TraefikService agree. */
export function isInForce(proof: WeightProof): boolean {
  // A split without proxies has nothing but the controller's word.
  if (proof.effective === 'reported') return true;
  const unprovable = proof.replicas.length === 0 && proof.traefikService === proof.wanted;
  return proof.effective === 'proved' || unprovable;
}

/**
 * Waits until the weight is in force everywhere, or until `unless` returns a reason why it never will be. Without a
 * replica API it ends once Rollout and TraefikService agree, with the result `pending`. A split that only the
 * controller reports ends with `reported`.
 */
export async function awaitProof<L extends { readonly kind: string }>(
  move: Move,
  rules: TrafficRules,
  wanted: number,
  unless: (seen: Seen) => L | undefined,
): Promise<{ readonly kind: 'in-force'; readonly proof: WeightProof } | L> {
  return move.wait(async () => {
    const seen = await readTarget(move);
    const left = unless(seen);
    if (left) return left;
    const proof = await observeWeight(move, rules, wanted, seen);
    return isInForce(proof) ? { kind: 'in-force' as const, proof } : undefined;
  });
}

async function externalChange(move: Move, index: number): Promise<ExternalChange | undefined> {
  const { scene } = move;
  const seen = await readTarget(move);
  const left = preemption(seen, scene);
  if (left) return left;
  const pause = scene.plan.steps[index]?.pauseIndex;
  const cutOver = seen.stableHash === scene.newHash || seen.stableSelector === scene.newHash;
  const promoted = cutOver || (pause !== undefined && seen.observed && (seen.stepIndex ?? pause) > pause);
  return promoted
    ? { kind: 'promoted-elsewhere', detail: 'somebody else promoted the Rollout past the step that is being judged' }
    : undefined;
}
