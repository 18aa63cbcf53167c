import { CancellationScope } from '@temporalio/workflow';
import type { Check, Preflight, Recover, ReleasePlan } from '../src/domain/release/plan.ts';
import { misplaced } from '../src/domain/release/phase-approvals.ts';
import type { StopCause } from '../src/domain/release/stop.ts';
import { write } from './activity-options.ts';
import { answered, voidApprovals } from './approvals.ts';
import { untilLeft } from './continuing.ts';
import { first } from './first.ts';
import { has } from './patches.ts';
import type { ReleaseRun } from './release-run.ts';
import { ReleaseStopped, stopCause } from './stopped.ts';
import { windowToStart } from './windows.ts';

/** Preflight and approval. When this returns a reason not to start, nothing except the owner mark has been written. */
export async function prepare(run: ReleaseRun): Promise<StopCause | undefined> {
  try {
    run.enter('preflight', 'checking the target');
    await (takesOver(run) ? preflightFirst(run) : interruptiblePreflight(run));
  } catch (error) {
    return stopCause(error);
  }
  return approved(run);
}

/** The approval and the windows alone, for a run whose predecessor has made the plan. */
export async function approved(run: ReleaseRun): Promise<StopCause | undefined> {
  try {
    await approval(run);
    await openWindow(run);
    return undefined;
  } catch (error) {
    return stopCause(error);
  }
}

/** Whether an earlier run may have left its effects: this one was reset to its beginning, or recovers another one. */
function takesOver({ owner, input }: ReleaseRun): boolean {
  return (owner.firstRunId !== undefined || input.recover !== undefined) && has('begins-anew');
}

/**
 * Only preflight knows whether there are effects to roll back. A stop before its answer would end the run as refused
 * and leave the traffic where it is. A reset repeats an earlier abort in the first workflow task.
 */
async function preflightFirst(run: ReleaseRun): Promise<void> {
  await CancellationScope.nonCancellable(() => preflight(run));
  if (run.stop) throw new ReleaseStopped(run.stop);
}

async function interruptiblePreflight(run: ReleaseRun): Promise<void> {
  const deadline = { ms: run.input.spec.timeouts.stepMs, summary: 'preflight' };
  await run.interruptible(() => preflight(run), run.careful ? deadline : undefined);
}

async function preflight(run: ReleaseRun): Promise<void> {
  await run.clock.running();
  const { spec, recover } = run.input;
  const input = { spec, owner: run.nextOwner(), ...(recover && { recover }) };
  const found: Preflight = await write.preflight.executeWithOptions({ summary: 'preflight' }, [input]);
  if (found.underWay) rollBackInterrupted(run, found.underWay);
  if (!found.plan)
    throw new ReleaseStopped({
      kind: 'refused',
      reason: `preflight: ${found.checks.filter(failedCheck).map(checkText).join('; ')}`,
    });
  run.plan = found.plan;
  const problem = misplaced(spec.approvals, found.plan.steps);
  if (problem !== undefined) throw new ReleaseStopped({ kind: 'refused', reason: `approvals: ${problem}` });
}

/** The target is in the middle of this same release. What users get was not judged, so traffic goes back. */
function rollBackInterrupted(
  run: ReleaseRun,
  { plan, newHash, stepIndex, judgedSteps, weightWanted, reason }: Recover,
): never {
  run.underWay = true;
  run.judgedSteps = judgedSteps ?? 0;
  run.plan = plan;
  run.stepIndex = stepIndex;
  run.weightWanted = weightWanted;
  if (newHash !== undefined) run.newHash = newHash;
  throw new ReleaseStopped({ kind: 'error', reason });
}

const failedCheck = (check: Check) => !check.ok;
const checkText = (check: Check) => `${check.name}: ${check.detail}`;

/** A release that nobody has begun yet waits as long as its windows are closed. */
async function openWindow(run: ReleaseRun): Promise<void> {
  if (!run.windowed) return;
  await run.interruptible(() => first(() => untilLeft<void>(run, () => ({ at: 'approval' }), [windowToStart(run)])));
}

async function approval(run: ReleaseRun): Promise<void> {
  // An earlier run may have the answer, and may have waited for the windows.
  if (!run.input.spec.approval || (run.windowed && run.approval?.approved)) return;
  await answered(run);
  while (await hasChanged(run)) await answered(run);
}

/** Whether what named people have approved is no longer what would happen. Then their approvals are void. */
async function hasChanged(run: ReleaseRun): Promise<boolean> {
  if (!run.input.spec.approvers) return false;
  const approved = run.plan as ReleasePlan;
  run.enter('preflight', 'approved; checking that the plan is still the same');
  await interruptiblePreflight(run);
  const changed = changedFields(approved, run.plan as ReleasePlan);
  if (changed.length > 0) voidApprovals(run, changed);
  return changed.length > 0;
}

function changedFields(before: ReleasePlan, now: ReleasePlan): readonly string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(now)]) as ReadonlySet<keyof ReleasePlan>;
  return [...names].filter((name) => JSON.stringify(before[name]) !== JSON.stringify(now[name]));
}
