import { ActivityFailure, ApplicationFailure, CancellationScope } from '@temporalio/workflow';
import type { StopCause } from '../src/domain/release/stop.ts';
import type { ClosedState } from '../src/domain/release/state.ts';
import { read, write } from './activity-options.ts';
import { retryUntilDone } from './retry-until-done.ts';
import type { ReleaseRun } from './release-run.ts';

/**
 * The outcome of a rollback. `too-late` means that the new version is stable and the release must be completed instead.
 */
export type RolledBack = { readonly state: ClosedState; readonly reason: string } | 'too-late';

/** Removes traffic from the new version and restores the Rollout. It cannot be cancelled and retries without limit. */
export async function rollBack(run: ReleaseRun, cause: StopCause): Promise<RolledBack> {
  return CancellationScope.nonCancellable(async () => {
    run.halt(cause);
    run.enter('aborting', cause.reason, cause.who);
    const work = () => undo(run, cause);
    return retryUntilDone(run, 'rollback', cause, run.careful ? () => unlessGone(run, work) : work);
  });
}

/** A deleted target has no users: there is nothing to roll back, and no answer could help. */
async function unlessGone(run: ReleaseRun, work: () => Promise<RolledBack>): Promise<RolledBack> {
  try {
    return await work();
  } catch (error) {
    const gone = goneText(run, error);
    if (gone === undefined) throw error;
    return superseded(run, `the target is gone: ${gone}`, false);
  }
}

const NO_ROLLOUT: readonly unknown[] = ['ROLLOUT_NOT_FOUND', 'NAMESPACE_NOT_FOUND'];

/** Undefined if the error does not say that the target was deleted. */
function goneText(run: ReleaseRun, error: unknown): string | undefined {
  const cause = error instanceof ActivityFailure ? error.cause : undefined;
  if (!(cause instanceof ApplicationFailure)) return undefined;
  const { namespace, rollout } = run.input.spec.target;
  if (NO_ROLLOUT.includes(cause.type)) return `Rollout ${namespace}/${rollout} does not exist any more`;
  return cause.type === 'SERVER_NOT_FOUND' ? cause.message.replace(/\.$/, '') : undefined;
}

async function undo(run: ReleaseRun, cause: StopCause): Promise<RolledBack> {
  const withdrawn = await write.withdraw.executeWithOptions({ summary: 'traffic back to the stable version' }, [
    run.nextScene(),
  ]);
  if (withdrawn.kind === 'too-late') {
    run.newHash = withdrawn.newHash;
    run.withdrawal = {
      done: false,
      detail: `too late: ${withdrawn.detail}; to go back, start a release of ${run.plan?.fromImage}`,
    };
    return 'too-late';
  }
  run.weightWanted = 0;
  if (withdrawn.kind === 'superseded') return superseded(run, withdrawn.detail);
  run.proof = withdrawn.proof;
  if (!run.withdrawal) run.note(`traffic is back on ${run.plan?.fromImage}: ${withdrawn.proof.reason}`);
  run.withdrawal = { done: true, detail: `traffic is back on ${run.plan?.fromImage}: ${withdrawn.proof.reason}` };
  const pods = withdrawn.pods === undefined ? '' : `; pods of the new version: ${withdrawn.pods}`;
  return settleBack(run, { ...cause, reason: `${cause.reason}${pods}` });
}

async function settleBack(run: ReleaseRun, cause: StopCause): Promise<RolledBack> {
  const settled = await read.awaitSettled.executeWithOptions({ summary: 'weights and selectors stand still' }, [
    run.nextScene(),
  ]);
  if (settled.kind === 'superseded') return superseded(run, settled.detail);
  run.proof = settled.proof;
  const streams = settled.streams === undefined ? '' : `; ${settled.streams}`;
  const reason = `${cause.reason}; traffic is settled on ${run.plan?.fromImage}${streams}`;
  if (!run.input.spec.restoreTemplate)
    return { state: 'rolled-back', reason: `${reason}; the failed version is kept for inspection` };
  const restored = await write.restoreTemplate.executeWithOptions({ summary: 'stable image back in the template' }, [
    run.nextScene(),
  ]);
  if (restored.kind === 'superseded') return superseded(run, restored.detail);
  run.noteSource(restored.source);
  return { state: 'rolled-back', reason: restored.kind === 'kept' ? `${reason}; ${restored.detail}` : reason };
}

/** An abort that had removed the traffic before another actor changed the target was carried out nevertheless. */
function superseded(run: ReleaseRun, detail: string, newer = true): RolledBack {
  run.withdrawal ??= { done: false, detail: `superseded: ${detail}` };
  return { state: 'superseded', reason: newer ? `${detail}; the newer version was not touched` : detail };
}
