import { SluiceError } from '../../domain/errors.ts';
import { kindsOf, type Recover, type ReleasePlan, type ReleaseSpec } from '../../domain/release/plan.ts';
import type { Target } from '../../domain/release/target.ts';
import type { ReleaseView } from '../../domain/release/view.ts';
import { stableSelects } from '../../domain/release/observe.ts';
import { imageOf, type RolloutState } from '../../domain/rollout.ts';
import type { SplitPort } from '../../ports/split.ts';
import type { CommandContext } from '../../commands/command.ts';
import { knownRelease } from './known-release.ts';
import { listedReleases } from './listed-releases.ts';

/** So many earlier runs of the target are looked at. */
const EARLIER_RUNS = 30;

/** What a rollback is started with. */
export interface RollbackPlan {
  readonly spec: ReleaseSpec;
  readonly recover: Recover;
}

/** The version before is the stable one already, and no user can get another. */
export interface AlreadyBack {
  readonly isBack: true;
  readonly image: string;
  /** Why nothing is left to do. */
  readonly reason: string;
  /** It is known from the controller alone. */
  readonly reported?: true;
}

/**
 * How the target gets back from its present state. `latest` is its newest run, which has ended. Errors: SUPERSEDED (the
 * template is one that no release set), NO_EARLIER_VERSION, and those of reading the cluster.
 */
export async function rollbackPlan(
  context: CommandContext,
  latest: ReleaseView,
  why: string,
): Promise<RollbackPlan | AlreadyBack> {
  if (latest.state === 'failed-needs-human' && latest.plan) {
    const { spec, plan, newHash, stepIndex, weightWanted } = latest;
    const recover = { plan, stepIndex, weightWanted, reason: why, ...(newHash !== undefined && { newHash }) };
    return { spec, recover };
  }
  const { target } = latest.spec;
  const { workload, split } = await context.worlds.of(target.cluster, undefined, kindsOf(latest.spec));
  const seen = await workload.read(target);
  const kept = keptAborted(latest, seen);
  if (kept && (await hasAllTraffic(seen, split, latest))) return kept;
  requireStill(seen, target);
  for await (const view of earlierRuns(context, latest)) {
    const plan = planFrom(view, seen, why);
    if (!plan) continue;
    const { isBack, ...start } = plan;
    const image = plan.recover.plan.fromImage;
    if (!isBack || !(await hasAllTraffic(seen, split, view))) return start;
    return { isBack, image, ...allTraffic(`${image} is the stable version already`, plan.recover.plan) };
  }
  const images = Object.values(seen.images).join(', ');
  throw new SluiceError(
    'NO_EARLIER_VERSION',
    `No release is known that made ${images} the stable version of ${target.namespace}/${target.rollout}.`,
  );
}

/** The release rolled back and kept its version in the template, where Argo does not begin it again. */
function keptAborted({ state, plan, newHash }: ReleaseView, seen: RolloutState): AlreadyBack | undefined {
  const kept = state === 'rolled-back' && seen.aborted && seen.podHash === newHash && seen.podHash !== seen.stableHash;
  if (!plan || !kept) return undefined;
  const { fromImage: image, toImage } = plan;
  const { reason, ...how } = allTraffic(`${image} is the stable version`, plan);
  return { isBack: true, image, reason: `${reason}; ${toImage} is aborted and only kept in the template`, ...how };
}

/** Why nothing is left to do, and whether that is the controller's word alone. */
function allTraffic(what: string, { controllerOnly }: ReleasePlan): Pick<AlreadyBack, 'reason' | 'reported'> {
  return controllerOnly
    ? { reason: `${what} and has all traffic, as Argo reports`, reported: true }
    : { reason: `${what} and has all traffic` };
}

/** The candidate's Service has no share of the traffic, or it selects the stable version, too. */
async function hasAllTraffic(seen: RolloutState, split: SplitPort, { plan }: ReleaseView): Promise<boolean> {
  const { observed, stableHash, candidateSelector, target } = seen;
  if (!plan || !observed || !stableSelects(seen, stableHash)) return false;
  if (candidateSelector === stableHash) return true;
  const { weights } = await split.read({ ...target, name: plan.traefikService });
  return weights.every(({ service, weight }) => service !== plan.candidate.service || weight === 0);
}

/** The run that brought the present version, or that brought it back. */
function planFrom(
  view: ReleaseView,
  seen: RolloutState,
  reason: string,
): (RollbackPlan & { readonly isBack: boolean }) | undefined {
  const { plan, spec, state } = view;
  const present = plan && imageOf(seen, plan.container);
  if (!plan || present === undefined) return undefined;
  const isBack = state === 'rolled-back' && present === plan.fromImage;
  if (!isBack && !(state === 'succeeded' && present === plan.toImage)) return undefined;
  const newHash = isBack ? view.newHash : seen.stableHash;
  const recover = { plan, stepIndex: plan.steps.length - 1, weightWanted: isBack ? 0 : 100, reason };
  return { spec, recover: { ...recover, ...(newHash !== undefined && { newHash }) }, isBack };
}

function requireStill(seen: RolloutState, { namespace, rollout }: Target): void {
  if (seen.observed && seen.podHash === seen.stableHash) return;
  const images = Object.values(seen.images).join(', ');
  if (seen.aborted)
    throw new SluiceError(
      'SUPERSEDED',
      `The template of ${namespace}/${rollout} has ${images}, an aborted version. Nothing was done.`,
      {
        next: 'Put the stable image back into the template with argo_update_rollout_image. Then call release_rollback again if it is still needed.',
      },
    );
  throw new SluiceError(
    'SUPERSEDED',
    `${namespace}/${rollout} is on its way to a version that no release set (${images}). Nothing was done.`,
    { next: 'argo_abort_rollout takes that version back. Then call release_rollback again if it is still needed.' },
  );
}

/** Newest first. A run that only the journal knows counts too. */
async function* earlierRuns(context: CommandContext, latest: ReleaseView): AsyncGenerator<ReleaseView> {
  yield latest;
  const { releases } = await listedReleases(context, { ...latest.spec.target, limit: EARLIER_RUNS });
  for (const { id, runId, state } of releases)
    if (id === latest.id && runId !== latest.runId && (state === 'succeeded' || state === 'rolled-back'))
      yield (await knownRelease(context, id, runId)).view;
}
