import type { Check, Preflight, ReleaseSpec } from '../src/domain/release/plan.ts';
import type { Owner } from '../src/domain/release/target.ts';
import { isRefusal, trafficRef } from '../src/delivery/move.ts';
import type { Scene } from '../src/domain/release/scene.ts';
import type { Ports } from '../src/ports/index.ts';
import type { Worlds } from '../src/ports/world.ts';
import { planRelease } from '../src/strategies/index.ts';

export const preflightActivities = (worlds: Worlds) => ({
  /**
   * Checks the target and, when all holds, marks the Rollout and the TraefikService as owned by this release.
   * Repeating it is harmless: its own mark stays, and that of an ended run is taken over.
   */
  async preflight({ spec, owner }: { spec: ReleaseSpec; owner: Owner }): Promise<Preflight> {
    const world = await worlds.of(spec.target.cluster, spec.clusterUid);
    const found = await planRelease(world, spec);
    if (!found.plan) return found;
    // A release that was started without an identity gets that of the cluster in which it was planned.
    const holder = { cluster: world.cluster.uid, ...owner };
    const held = await claim(world, { target: spec.target, strategy: spec.strategy, plan: found.plan, owner: holder });
    return held ? { checks: [...found.checks.filter((check) => check.name !== 'owner'), held] } : found;
  },

  /** Removes the owner marks that this release holds. */
  async unclaim(scene: Scene): Promise<void> {
    const { split, workload } = await worlds.of(scene.target.cluster, scene.owner.cluster);
    await split.unclaim(trafficRef(scene), scene.owner);
    await workload.unclaim(scene.target, scene.owner);
  },
});

/**
 * The Rollout's mark decides; it is removed again when the TraefikService cannot be marked: half a claim would outlive
 * an abort.
 */
async function claim({ split, workload }: Ports, scene: Scene): Promise<Check | undefined> {
  const rollout = await workload.claim(scene.target, scene.owner);
  if (isRefusal(rollout)) return heldBy(rollout.detail);
  const takeBack = () => workload.unclaim(scene.target, scene.owner);
  const traffic = await split.claim(trafficRef(scene), scene.owner).catch(async (error: unknown) => {
    await takeBack().catch(() => undefined);
    throw error;
  });
  if (!isRefusal(traffic)) return undefined;
  await takeBack();
  return heldBy(traffic.detail);
}

function heldBy(detail: string): Check {
  return {
    name: 'owner',
    ok: false,
    detail,
    next: 'Let that release finish; if it is gone, remove the annotation sluice.dev/owner.',
  };
}
