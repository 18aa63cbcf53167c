import type { Alarm, Watch } from '../activities/guard.ts';
import type { Verdict } from '../src/domain/analysis/verdict.ts';
import type { ReleasePlan } from '../src/domain/release/plan.ts';
import { read, write } from './activity-options.ts';
import { first } from './first.ts';
import { askAboutFailure, soakAndJudge, type Advance, type Step } from './judging.ts';
import type { ReleaseRun } from './release-run.ts';
import { ReleaseStopped } from './stopped.ts';

/** How the hold of a step ended. */
type Ending = Alarm | Advance;

/** One weight: shift, prove, soak, judge, and wait for whoever must say yes. Returns only when the step may be left. */
export async function runStep(run: ReleaseRun, index: number): Promise<void> {
  run.stepIndex = index;
  for (;;) {
    await advanceTo(run, index);
    const held = await hold(run, index);
    const ending = held.kind === 'failed' ? await failed(run, index, held.verdict) : held;
    if (ending.kind === 'advance') return;
    if (ending.kind !== 'drift') throw new ReleaseStopped({ kind: ending.kind, reason: ending.detail });
    run.note(`drift: ${ending.detail}; setting and proving the weight again`);
  }
}

/** Shift and proof share one deadline: a version that never gets ready runs into it. */
async function advanceTo(run: ReleaseRun, index: number): Promise<void> {
  const weight = (run.plan as ReleasePlan).steps[index]?.weight as number;
  run.weightWanted = weight;
  run.enter('shifting', `step ${index + 1} of ${run.plan?.steps.length}: weight ${weight}`);
  await run.interruptible(() => shiftAndProve(run, index, weight), {
    ms: run.input.spec.timeouts.stepMs,
    summary: `step ${index + 1}: weight ${weight} in force`,
  });
}

async function shiftAndProve(run: ReleaseRun, index: number, weight: number): Promise<void> {
  await run.clock.running();
  const summary = `weight ${weight}`;
  const shifted = await write.shift.executeWithOptions({ summary: `shift to ${summary}` }, [
    { scene: run.nextScene(), index },
  ]);
  if (shifted.kind !== 'ready') throw new ReleaseStopped({ kind: shifted.kind, reason: shifted.detail });
  run.enter('verifying', `proving weight ${weight} in Rollout, TraefikService and every Traefik`);
  const verified = await read.verify.executeWithOptions({ summary: `prove ${summary}` }, [
    { scene: run.nextScene(), wanted: weight },
  ]);
  if (verified.kind !== 'in-force') throw new ReleaseStopped({ kind: verified.kind, reason: verified.detail });
  run.proof = verified.proof;
  run.since ??= verified.proof.at;
  run.advanced = index;
}

/** The guard watches for as long as the step is held, whatever it is held for. */
async function hold(run: ReleaseRun, index: number): Promise<Ending> {
  const watch = watchOf(run, index);
  const step: Step = { index, judgement: watch };
  return run.interruptible(() => first<Ending>(() => [guarding(watch), soakAndJudge(run, step)]));
}

/**
 * A failing step never advances by itself: it rolls back, or asks first where auto-rollback is off, still guarded
 * against others.
 */
async function failed(run: ReleaseRun, index: number, verdict: Verdict): Promise<Exclude<Ending, { kind: 'failed' }>> {
  run.verdict = verdict;
  const stop = new ReleaseStopped({ kind: 'failed', reason: verdict.reason });
  if (run.input.spec.autoRollback) throw stop;
  const watch: Watch = { ...watchOf(run, index), failed: true };
  const ending = await run.interruptible(() =>
    first<Ending | undefined>(() => [guarding(watch), askAboutFailure(run, index, verdict)]),
  );
  if (!ending || ending.kind === 'failed') throw stop;
  return ending;
}

function guarding(watch: Watch): Promise<Alarm> {
  return read.guard.executeWithOptions({ summary: `guard weight ${watch.wanted}` }, [watch]);
}

function watchOf(run: ReleaseRun, index: number): Watch {
  const unproved = run.proof?.effective === 'proved' ? {} : { unproved: run.weightWanted };
  return {
    scene: run.nextScene(),
    limits: run.input.spec.analysis,
    from: run.proof?.at as number,
    ...(run.since === undefined ? {} : { since: run.since }),
    wanted: run.weightWanted,
    index,
    ...unproved,
  };
}
