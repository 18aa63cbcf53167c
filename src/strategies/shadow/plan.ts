import { DEFAULT_STEPS } from '../../contract/chosen-steps.ts';
import { WEIGHTED } from '../../domain/argo-strategies.ts';
import { argoSteps, argoWeights, withdrawable } from '../../domain/release/argo-weight-checks.ts';
import { beginsHeld, heldSteps } from '../../domain/release/first-hold.ts';
import { heldSmokeCheck } from '../../domain/release/smoke-check.ts';
import { noBackgroundAnalysis, untimedSteps } from '../../domain/release/paused-steps.ts';
import { bad, ok } from '../../domain/release/preflight-checks.ts';
import { chosenSteps, switchedRules } from '../../domain/release/switched-checks.ts';
import type { PlanRules } from '../../domain/release/plan-rules.ts';
import type { Check, CopySpec, Preflight, ReleaseSpec } from '../../domain/release/plan.ts';
import { preflight } from '../../planning/preflight.ts';
import type { Ports } from '../../ports/index.ts';

/** The preview of a Rollout that Argo switches has pods and no users until its promotion. */
const switched: PlanRules = {
  ...switchedRules,
  steps: chosenSteps(DEFAULT_STEPS),
  more: (rollout, spec) => [...switchedRules.more(rollout, spec), copiesCheck(spec)],
};

/** A Rollout whose weights Argo owns has steps for that. */
const weighted: PlanRules = {
  ...argoWeights,
  steps: (spec, rollout) =>
    beginsHeld(rollout.steps)
      ? untimedSteps(spec, rollout)
      : {
          problem: 'the steps do not begin with pods of the new version that wait without users',
          next: `Set spec.strategy.canary.steps: ${JSON.stringify(heldSteps(argoSteps(rollout)))}.`,
        },
  more: (rollout, spec) => [
    ...noBackgroundAnalysis(rollout),
    ...withdrawable(rollout),
    ...heldSmokeCheck(spec, rollout),
    ...ownFields(spec),
    copiesCheck(spec),
  ],
};

export async function plan(world: Ports, spec: ReleaseSpec): Promise<Preflight> {
  const { strategy } = await world.workload.read(spec.target);
  const found = await preflight(world, spec, strategy === WEIGHTED ? weighted : switched);
  const { plan: planned, checks } = found;
  if (!planned) return found;
  const ref = { cluster: spec.target.cluster, namespace: spec.target.namespace, name: planned.traefikService };
  const problem = await uncopied(world, ref);
  if (problem) return { checks: [...checks, bad('copies', problem.detail, problem.next)] };
  return { checks, plan: { ...planned, copies: { ...copiesOf(spec), limits: spec.analysis } } };
}

async function uncopied(
  { split }: Ports,
  ref: Parameters<NonNullable<Ports['split']['uncopied']>>[0],
): ReturnType<NonNullable<Ports['split']['uncopied']>> {
  if (split.uncopied) return split.uncopied(ref);
  return {
    detail: 'the split of the release file copies no requests',
    next: 'Leave out split: Traefik copies requests.',
  };
}

/** A release from a file always has it. */
const copiesOf = ({ copies }: ReleaseSpec): CopySpec => copies ?? { percent: 20, withinMs: 480_000 };

function copiesCheck(spec: ReleaseSpec): Check {
  const { percent, withinMs } = copiesOf(spec);
  const { analysis, timeouts } = spec;
  const detail = `${percent} % of the GET, HEAD and OPTIONS requests are copied to the new version before it has users, for ${analysis.soakMs / 1000} to ${withinMs / 1000} s`;
  if (withinMs <= analysis.soakMs)
    return bad('copies', `${detail}: that is no longer than the soak`, 'Make copies.within longer than analysis.soak.');
  if (withinMs >= timeouts.stepMs)
    return bad(
      'copies',
      `${detail}, and a step may take ${timeouts.stepMs / 1000} s`,
      'Make copies.within shorter than timeouts.step.',
    );
  return {
    ...ok('copies', detail),
    next: 'Make sure that these requests change nothing: a copy has the cookies and credentials of its user.',
  };
}

/** They would have no effect on a Rollout that has them itself. */
function ownFields(spec: ReleaseSpec): readonly Check[] {
  const steps = bad(
    'steps given',
    "the Rollout's own steps are the plan, and the release file has others",
    'Remove steps from the release file.',
  );
  const service = bad(
    'traffic',
    'the Rollout names its TraefikService, and the release file names one too',
    'Remove traffic.traefik_service from the release file.',
  );
  return [...(spec.copies?.namesSteps ? [steps] : []), ...(spec.traefikService === undefined ? [] : [service])];
}
