import { proveWeight, type WeightProof } from '../src/domain/release/proof.ts';
import type { Ports } from '../src/ports/index.ts';
import type { RolloutState } from '../src/domain/rollout.ts';
import { waitFor } from './alive.ts';
import type { Witness } from './record-proofs.ts';
import { armServices, leftBecause, observe, trafficRef, type Left, type Scene, type Seen } from './scene.ts';

export type Verified = { readonly kind: 'in-force'; readonly proof: WeightProof } | Left;

/** Reads the weight wherever it is known: Rollout, TraefikService and every Traefik replica. */
export async function observeWeight(
  ports: Ports & { readonly witness?: Witness },
  scene: Scene,
  wanted: number,
  rollout?: RolloutState,
): Promise<WeightProof> {
  const arms = armServices(scene);
  const [view, traffic, replicas] = await Promise.all([
    rollout ?? ports.workload.read(scene.target),
    ports.split.read(trafficRef(scene)),
    ports.split.inForce(trafficRef(scene), arms),
  ]);
  const written = traffic.weights.find((entry) => entry.service === arms.candidate)?.weight;
  const proof = proveWeight({
    wanted,
    ...(scene.strategy === 'canary' && view.canaryWeight !== undefined ? { rollout: view.canaryWeight } : {}),
    ...(written === undefined ? {} : { traefikService: written }),
    replicas,
    at: ports.now(),
  });
  ports.witness?.(scene, proof);
  return proof;
}

/** Proved, or, without any replica API, as far as Rollout and TraefikService can say. */
export function isInForce(proof: WeightProof): boolean {
  const unprovable = proof.replicas.length === 0 && proof.traefikService === proof.wanted;
  return proof.effective === 'proved' || unprovable;
}

/**
 * Waits until the weight is in force everywhere, or until `unless` says why it never will be. Without a replica API it
 * ends
 * once Rollout and TraefikService agree, as `pending`. The caller bounds it.
 */
export async function awaitProof<L extends { readonly kind: string }>(
  ports: Ports,
  scene: Scene,
  wanted: number,
  unless: (seen: Seen) => L | undefined,
): Promise<{ readonly kind: 'in-force'; readonly proof: WeightProof } | L> {
  return waitFor(async () => {
    const seen = await observe(ports, scene);
    const left = unless(seen);
    if (left) return left;
    const proof = await observeWeight(ports, scene, wanted, seen);
    return isInForce(proof) ? { kind: 'in-force' as const, proof } : undefined;
  });
}

export const proofActivities = (ports: Ports) => ({
  /** Waits until `wanted` percent for the candidate are in force, and returns what was read back. */
  async verify({ scene, wanted }: { scene: Scene; wanted: number }): Promise<Verified> {
    return awaitProof(ports, scene, wanted, (seen) => leftBecause(seen, scene));
  },
});
