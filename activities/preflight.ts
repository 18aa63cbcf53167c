import type { Check, Preflight, ReleaseSpec } from '../src/domain/release/plan.ts';
import type { Owner } from '../src/domain/release/target.ts';
import { preflight as readPreflight } from '../src/planning/preflight.ts';
import type { Ports } from '../src/ports/index.ts';
import { isRefusal, trafficRef, type Scene } from './scene.ts';

export const preflightActivities = (ports: Ports) => ({
  /**
   * Checks the target and, when all holds, marks the Rollout and the TraefikService as owned by this release.
   * Repeating it is harmless: a mark of the same release is taken over.
   */
  async preflight(input: { spec: ReleaseSpec; owner: Owner }): Promise<Preflight> {
    const found = await readPreflight(ports, input.spec);
    if (!found.plan) return found;
    const scene = { target: input.spec.target, strategy: input.spec.strategy, plan: found.plan, owner: input.owner };
    const held = await claim(ports, scene);
    return held ? { checks: [...found.checks.filter((check) => check.name !== 'owner'), held] } : found;
  },

  /** Removes the owner marks that this release holds. */
  async unclaim(scene: Scene): Promise<void> {
    await ports.split.unclaim(trafficRef(scene), scene.owner);
    await ports.workload.unclaim(scene.target, scene.owner);
  },
});

/**
 * The Rollout's mark decides; it is let go of again when the TraefikService cannot be marked: half a claim would
 * outlive an abort.
 */
async function claim(ports: Ports, scene: Scene): Promise<Check | undefined> {
  const rollout = await ports.workload.claim(scene.target, scene.owner);
  if (isRefusal(rollout)) return heldBy(rollout.detail);
  const letGo = () => ports.workload.unclaim(scene.target, scene.owner);
  const traffic = await ports.split.claim(trafficRef(scene), scene.owner).catch(async (error: unknown) => {
    await letGo().catch(() => undefined);
    throw error;
  });
  if (!isRefusal(traffic)) return undefined;
  await letGo();
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
