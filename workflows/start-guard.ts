import { ParentClosePolicy, startChild } from '@temporalio/workflow';
import type { GuardInput } from '../src/domain/release/guard.ts';
import type { WeightProof } from '../src/domain/release/proof.ts';
import { chainOf, guardId } from '../src/domain/release/target.ts';
import { GUARD_WORKFLOW } from './messages.ts';
import { has } from './patches.ts';
import type { ReleaseRun } from './release-run.ts';
import { STATE_KEY } from './search-attributes.ts';
import { ownAttributes } from './start-rollback.ts';
import { stopCause } from './stopped.ts';
import { plural } from '../src/domain/plural.ts';

/**
 * Starts the guard of the version that is stable now. It goes on when the release has ended. A release whose guard
 * cannot be started ends all the same, and its events say so.
 */
export async function startGuard(run: ReleaseRun): Promise<void> {
  const { spec, startedBy, rollback } = run.input;
  const settled = run.proof;
  if (!spec.guardMs || rollback || !run.plan || !run.newHash || !settled || !has('guard-after')) return;
  const input: GuardInput = {
    ...{ spec, startedBy, plan: run.plan, newHash: run.newHash },
    releasedBy: { runId: run.owner.runId, chainId: chainOf(run.owner) },
    since: sinceOf(run, settled),
    from: settled.at,
  };
  const { namespace, rollout } = spec.target;
  try {
    await startChild(GUARD_WORKFLOW, {
      workflowId: guardId(spec.target),
      args: [input],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      workflowIdReusePolicy: 'ALLOW_DUPLICATE',
      memo: { release_run_id: chainOf(run.owner) },
      typedSearchAttributes: [...ownAttributes(), { key: STATE_KEY, value: 'guarding' }],
      staticSummary: `guard of ${namespace}/${rollout} at ${run.plan.toImage}`,
    });
    run.note(
      `the guard ${guardId(spec.target)} watches ${run.plan.toImage} for ${plural(spec.guardMs / 60_000, 'minute')}`,
    );
  } catch (error) {
    run.note(
      `no guard watches ${run.plan.toImage}: ${error instanceof Error ? error.message : stopCause(error).reason}`,
    );
  }
}

/** When the last weight was proved. */
function sinceOf(run: ReleaseRun, settled: WeightProof): number {
  return Math.min(settled.at, run.steppedAt ?? settled.at);
}
