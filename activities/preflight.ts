import { leftBehind } from '../src/domain/release/left-behind.ts';
import type { Check, Preflight, ReleaseSpec } from '../src/domain/release/plan.ts';
import type { Recover } from '../src/domain/release/plan.ts';
import { isClosed } from '../src/domain/release/state.ts';
import type { ReleaseView } from '../src/domain/release/view.ts';
import { chainOf, type Owner } from '../src/domain/release/target.ts';
import { isRefusal, trafficRef } from '../src/delivery/move.ts';
import { untestable } from '../src/delivery/smoke-rights.ts';
import type { Scene } from '../src/domain/release/scene.ts';
import type { Ports } from '../src/ports/index.ts';
import type { World, Worlds } from '../src/ports/world.ts';
import { planRelease } from '../src/strategies/index.ts';
import { temporalRuns, type Runs } from './runs.ts';

/** The world of a release that was planned. Errors: those of Worlds.of. */
export function worldOf(worlds: Worlds, { target, owner, plan }: Scene): Promise<World> {
  return worlds.of(target.cluster, owner.cluster, plan);
}

/** The last state with a plan of a run in the journal. Undefined if there is none. Errors: JOURNAL_UNAVAILABLE. */
export type LastView = (runId: string) => Promise<ReleaseView | undefined>;

interface Input {
  readonly spec: ReleaseSpec;
  readonly owner: Owner;
  /** What an ended run left. It is taken over, whatever the result of the checks. */
  readonly recover?: Recover;
}

export const preflightActivities = (
  worlds: Worlds,
  lastView: LastView = () => Promise.resolve(undefined),
  runs: Runs = temporalRuns,
) => ({
  /**
   * Checks the target. When all checks hold, it marks the Rollout and the TraefikService as owned by this release, and
   * the guard of the release before ends. It is idempotent: its own mark stays, and that of an ended run is taken over.
   */
  async preflight(input: Input): Promise<Preflight> {
    const { spec, owner } = input;
    const world = await worlds.of(spec.target.cluster, spec.clusterUid, input.recover?.plan ?? spec);
    const left = input.recover ?? (await underWay(world, lastView, runs, input));
    const found = left ? await takeOver(world, input, left) : await planAndClaim(world, input, runs);
    if (found.plan) await runs.endGuard(spec.target, owner);
    return found;
  },

  /** Removes the owner marks of this release. */
  async unclaim(scene: Scene): Promise<void> {
    const { split, workload } = await worldOf(worlds, scene);
    await split.unclaim(trafficRef(scene), scene.owner);
    await workload.unclaim(scene.target, scene.owner);
  },
});

/**
 * A run that was reset to its beginning finds its own release half done: its mark and its image on the Rollout. The
 * earlier run knows the plan. The journal knows it from the first soak on.
 */
async function underWay(
  ports: Ports,
  lastView: LastView,
  runs: Runs,
  { spec, owner }: Input,
): Promise<Recover | undefined> {
  const { owner: holder, images } = await ports.workload.read(spec.target);
  if (holder?.releaseId !== owner.releaseId || !Object.values(images).includes(spec.image)) return undefined;
  const sources = [
    () => runs.viewOf(holder.releaseId, holder.runId),
    () => lastView(chainOf(owner)),
    () => lastView(holder.runId),
  ];
  for (const source of sources) {
    const view = await source();
    if (view?.plan?.toImage === spec.image) return isClosed(view.state) ? undefined : interrupted(view);
  }
  return undefined;
}

function interrupted(view: ReleaseView): Recover | undefined {
  const { state, weightWanted } = view;
  const reason = `the run began anew while the release was ${state} at weight ${weightWanted}; the traffic goes back`;
  return leftBehind(view, reason);
}

async function planAndClaim(world: World, { spec, owner }: Input, runs: Runs): Promise<Preflight> {
  const found = await planRelease(world, spec, (holder) => runs.hasEnded(holder));
  if (!found.plan) return found;
  const unable = await untestable(world.serviceCalls, spec.target, found.plan);
  if (unable) return { checks: [...found.checks.filter(({ name }) => name !== unable.name), unable] };
  // A release that was started without an identity gets that of the cluster in which it was planned.
  const holder = { cluster: world.cluster.uid, ...owner };
  const held = await claim(world, { target: spec.target, strategy: spec.strategy, plan: found.plan, owner: holder });
  return held ? { checks: [...found.checks.filter((check) => check.name !== 'owner'), held] } : found;
}

async function takeOver(world: World, { spec, owner }: Input, left: Recover): Promise<Preflight> {
  const { plan } = left;
  const holder = { cluster: world.cluster.uid, ...owner };
  const held = await claim(world, { target: spec.target, strategy: spec.strategy, plan, owner: holder });
  if (held) return { checks: [held] };
  const taken: Check = { name: 'owner', ok: true, detail: `taken over from an earlier run: ${left.reason}` };
  return { checks: [taken], plan, underWay: left };
}

/**
 * The Rollout's mark decides. It is removed again when the TraefikService cannot be marked, because half a claim would
 * outlive an abort.
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
    next: 'Let that release finish. If its run has ended, call release_recover for it.',
  };
}
