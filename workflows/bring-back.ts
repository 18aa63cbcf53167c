import { CancellationScope } from '@temporalio/workflow';
import type { StopCause } from '../src/domain/release/stop.ts';
import { write } from './activity-options.ts';
import type { ReleaseRun } from './release-run.ts';
import { retryUntilDone } from './retry-until-done.ts';
import type { RolledBack } from './rollback.ts';

/**
 * Makes the version before the release stable again, because the release's own version already is. Cannot be cancelled
 * and does not give up.
 */
export async function bringBack(run: ReleaseRun, cause: StopCause): Promise<Exclude<RolledBack, 'too-late'>> {
  return CancellationScope.nonCancellable(async () => {
    run.enter('aborting', `${run.plan?.toImage} is stable: making ${run.plan?.fromImage} stable again`, cause.who);
    return retryUntilDone(run, 'rollback', cause, () => attempt(run, cause));
  });
}

async function attempt(run: ReleaseRun, cause: StopCause): Promise<Exclude<RolledBack, 'too-late'>> {
  const image = run.plan?.fromImage;
  const back = await write.bringBack.executeWithOptions({ summary: `${image} stable again` }, [run.nextScene()]);
  if (back.kind === 'superseded') {
    run.withdrawal = { done: false, detail: `superseded: ${back.detail}` };
    return { state: 'superseded', reason: `${back.detail}; it was not touched` };
  }
  run.weightWanted = 0;
  run.proof = back.proof;
  run.noteSource(back.source);
  const detail = `${image} is stable again and has all traffic: ${back.proof.reason}`;
  run.withdrawal = { done: true, detail };
  return { state: 'rolled-back', reason: `${cause.reason}; ${detail}` };
}
