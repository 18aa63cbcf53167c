import type { Alarm, Moving, Watch } from '../activities/guard.ts';
import type { MovedOn } from '../src/domain/release/moves.ts';
import type { Course } from '../src/domain/release/continued.ts';
import { read } from './activity-options.ts';
import { first } from './first.ts';
import type { ReleaseRun } from './release-run.ts';

/** Watches a held weight. It ends only with a reason to stop holding it. */
export function guarding(watch: Watch): Promise<Alarm> {
  return read.guard.executeWithOptions({ summary: summaryOf(watch) }, [watch]);
}

function summaryOf({ moving, wanted }: Watch): string {
  return moving === undefined || moving === 'shifting' ? `guard weight ${wanted}` : `guard while ${moving}`;
}

/** Runs `work` under guard. Returns undefined when it is done, otherwise the first alarm. `work` has ended then. */
export async function guarded(
  run: ReleaseRun,
  step: Course,
  moving: Moving,
  work: () => Promise<MovedOn | void>,
): Promise<Alarm | undefined> {
  const done = () => work().then((left) => left ?? undefined);
  // Without auto-rollback a person must be asked. Before and after the steps there is no weight to ask about, so only a
  // held step asks.
  const asks = moving !== 'shifting' && !run.input.spec.autoRollback;
  if (!run.gapless || asks) return done();
  const watch: Watch = { ...watchOf(run, step), moving, ...(step.accepted ? { failed: true as const } : {}) };
  return first<Alarm | undefined>(() => [done(), guarding(watch)]);
}

/** The input of the guard and the judge. Without a proved weight, the guard counts from its own start. */
export function watchOf(run: ReleaseRun, step: Course): Watch {
  const proved = (run.gapless ? step.from : undefined) ?? run.proof?.at;
  // A failure that a person accepted by skipping it does not count against the next weight.
  const from = proved === undefined || run.since === undefined ? proved : Math.max(proved, run.since);
  return {
    scene: run.nextScene(),
    limits: run.input.spec.analysis,
    ...(from === undefined ? {} : { from }),
    ...(run.since === undefined ? {} : { since: run.since }),
    wanted: run.weightWanted,
    index: step.index,
    ...(run.proof?.effective === 'proved' ? {} : { unproved: run.weightWanted }),
  };
}
