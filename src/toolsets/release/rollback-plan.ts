import { SluiceError } from '../../domain/errors.ts';
import { kindsOf, type Recover, type ReleaseSpec } from '../../domain/release/plan.ts';
import type { Target } from '../../domain/release/target.ts';
import type { ReleaseView } from '../../domain/release/view.ts';
import type { RolloutState } from '../../domain/rollout.ts';
import type { CommandContext } from '../../commands/command.ts';
import { knownRelease } from './known-release.ts';
import { listedReleases } from './listed-releases.ts';

/** So many earlier runs of the target are looked at. */
const EARLIER_RUNS = 30;

/** What a rollback is started with. */
export interface RollbackPlan {
  readonly spec: ReleaseSpec;
  readonly recover: Recover;
  /** The version before is stable already: the run only proves it. */
  readonly isBack: boolean;
}

/**
 * How the target gets back from its present state. `latest` is its newest run, which has ended. Errors: SUPERSEDED (a
 * version is on its way that no release set), NO_EARLIER_VERSION, and those of reading the cluster.
 */
export async function rollbackPlan(context: CommandContext, latest: ReleaseView, why: string): Promise<RollbackPlan> {
  if (latest.state === 'failed-needs-human' && latest.plan) {
    const { spec, plan, newHash, stepIndex, weightWanted } = latest;
    const recover = { plan, stepIndex, weightWanted, reason: why, ...(newHash !== undefined && { newHash }) };
    return { spec, recover, isBack: false };
  }
  const { target } = latest.spec;
  const { workload } = await context.worlds.of(target.cluster, undefined, kindsOf(latest.spec));
  const seen = await workload.read(target);
  requireStill(seen, target);
  for await (const view of earlierRuns(context, latest)) {
    const plan = planFrom(view, seen, why);
    if (plan) return plan;
  }
  const images = Object.values(seen.images).join(', ');
  throw new SluiceError(
    'NO_EARLIER_VERSION',
    `No release is known that made ${images} the stable version of ${target.namespace}/${target.rollout}.`,
  );
}

/** The run that brought the present version, or that brought it back. */
function planFrom(view: ReleaseView, seen: RolloutState, reason: string): RollbackPlan | undefined {
  const { plan, spec, state } = view;
  const present = plan && seen.images[plan.container];
  if (!plan || present === undefined) return undefined;
  const isBack = state === 'rolled-back' && present === plan.fromImage;
  if (!isBack && !(state === 'succeeded' && present === plan.toImage)) return undefined;
  const newHash = isBack ? view.newHash : seen.stableHash;
  const recover = { plan, stepIndex: plan.steps.length - 1, weightWanted: isBack ? 0 : 100, reason };
  return { spec, recover: { ...recover, ...(newHash !== undefined && { newHash }) }, isBack };
}

function requireStill(seen: RolloutState, { namespace, rollout }: Target): void {
  if (seen.observed && seen.podHash === seen.stableHash) return;
  throw new SluiceError(
    'SUPERSEDED',
    `${namespace}/${rollout} is on its way to a version that no release set (${Object.values(seen.images).join(', ')}). Nothing was done.`,
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
