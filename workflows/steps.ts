import { condition } from '@temporalio/workflow';
import type { Alarm, Watch } from '../activities/guard.ts';
import type { Verdict } from '../src/domain/analysis/verdict.ts';
import type { Course, Position } from '../src/domain/release/continued.ts';
import type { MovedOn } from '../src/domain/release/moves.ts';
import type { ReleasePlan } from '../src/domain/release/plan.ts';
import { read, write } from './activity-options.ts';
import { untilLeft } from './continuing.ts';
import { first } from './first.ts';
import { askAboutFailure, soakAndJudge, type Advance } from './judging.ts';
import { needsApproval, stepApproved, voidStepVotes } from './phase-approvals.ts';
import type { ReleaseRun } from './release-run.ts';
import { ReleaseStopped } from './stopped.ts';
import { guarded, guarding, watchOf } from './watching.ts';
import { insideWindows } from './windows.ts';

/** How the hold of a step ended. */
type Ending = Alarm | Advance;

/**
 * Number of drifts that are repaired in one step. At the next one another actor competes for the weights, and the step
 * ends.
 */
const REPAIRED_DRIFTS = 2;

/**
 * Handles one weight: shift, prove, soak, judge, wait for approval. It returns only when the step may end. `held`: an
 * earlier run has set this weight and held the step.
 */
export async function runStep(run: ReleaseRun, index: number, held?: Course): Promise<void> {
  run.stepIndex = index;
  const step: Course = held ?? { index, soakLeftMs: run.input.spec.analysis.soakMs, drifts: 0 };
  if (held) step.continued = true;
  for (let isHeld = held !== undefined; ; ) {
    const alarm = isHeld ? alarmBefore(step) : await advanceTo(run, step);
    const met = alarm ?? (await hold(run, step));
    const ending = met.kind === 'failed' ? await failed(run, step, met.verdict, alarm !== undefined) : met;
    if (ending.kind === 'moved-on') return leaveWatched(run, step, { ...ending, failed: met.kind === 'failed' });
    const passed = ending.kind === 'advance' && alarm === undefined;
    if (passed && !run.planned?.watched) return;
    isHeld = passed;
    // A person accepted the failure of a weight that is not in force yet. The weight is set, and the step passes
    // unjudged.
    if (passed) step.decided = true;
    else if (ending.kind === 'advance') step.accepted = true;
    else if (ending.kind !== 'drift') throw new ReleaseStopped({ kind: ending.kind, reason: ending.detail });
    else repairDrift(run, ending.detail, step.drifts);
    if (!passed) step.drifts += 1;
  }
}

/** Argo ends the step by itself. Without a verdict the step counts as unjudged. */
function leaveWatched(run: ReleaseRun, step: Course, left: MovedOn & { readonly failed: boolean }): void {
  run.note(left.detail);
  run.advanced = step.index;
  if (left.failed) run.unjudged.set(step.index, 'it had failed, and Argo went on before anybody decided');
  else if (!step.decided) run.unjudged.set(step.index, 'Argo went on before its verdict');
}

/** The failure that an earlier run met before the weight was in force. */
function alarmBefore({ failure }: Course): Alarm | undefined {
  return failure?.moving ? { kind: 'failed', verdict: failure.verdict } : undefined;
}

function repairDrift(run: ReleaseRun, detail: string, before: number): void {
  if (run.gapless && before >= REPAIRED_DRIFTS) {
    const reason = `the weights were changed by another writer ${before + 1} times in this step (${detail}); find that writer and stop it before the next release`;
    throw new ReleaseStopped({ kind: 'failed', reason });
  }
  run.note(`drift: ${detail}; setting and proving the weight again`);
  voidStepVotes(run, 'the weight was changed by another writer');
}

/** Shift and proof share one deadline, which a version that never gets ready exceeds. */
async function advanceTo(run: ReleaseRun, step: Course): Promise<Alarm | undefined> {
  const { index } = step;
  const weight = (run.plan as ReleasePlan).steps[index]?.weight as number;
  run.weightWanted = weight;
  run.clock.forget();
  delete step.continued;
  run.enter('shifting', `step ${index + 1} of ${run.plan?.steps.length}: weight ${weight}`);
  return run.interruptible(() => guarded(run, step, 'shifting', () => shiftAndProve(run, step, weight)), {
    ms: run.input.spec.timeouts.stepMs,
    summary: `step ${index + 1}: weight ${weight} in force`,
  });
}

async function shiftAndProve(run: ReleaseRun, step: Course, weight: number): Promise<MovedOn | undefined> {
  await run.clock.running();
  const { index } = step;
  const summary = `weight ${weight}`;
  const shifted = await write.shift.executeWithOptions({ summary: `shift to ${summary}` }, [
    { scene: run.nextScene(), index },
  ]);
  if (shifted.kind === 'moved-on') return shifted;
  if (shifted.kind !== 'ready') throw new ReleaseStopped({ kind: shifted.kind, reason: shifted.detail });
  run.enter('verifying', verifying(run, weight));
  const verified = await read.verify.executeWithOptions({ summary: `prove ${summary}` }, [
    { scene: run.nextScene(), wanted: weight },
  ]);
  if (verified.kind === 'moved-on') return verified;
  if (verified.kind !== 'in-force') throw new ReleaseStopped({ kind: verified.kind, reason: verified.detail });
  run.proof = verified.proof;
  run.since ??= verified.proof.at;
  run.steppedAt = verified.proof.at;
  step.from ??= verified.proof.at;
  run.advanced = index;
  return undefined;
}

/** Where only Argo tells the weight, nothing is proved. */
function verifying({ plan }: ReleaseRun, weight: number): string {
  return plan?.controllerOnly
    ? `waiting until Argo reports weight ${weight}`
    : `proving weight ${weight} in every place that holds it`;
}

/** The guard watches for as long as the step is held, for any reason. */
async function hold(run: ReleaseRun, step: Course): Promise<Ending> {
  // A person is still asked about a failure that an earlier run met.
  if (step.failure) return { kind: 'failed', verdict: step.failure.verdict };
  const watch = watchOf(run, step);
  const judgement = { ...watch, from: watch.from as number };
  const decides = () =>
    step.decided ? awaitArgo(run) : insideWindows(run, step, () => soakAndJudge(run, step, judgement));
  return run.interruptible(() => first<Ending>(() => untilLeft<Ending>(run, at(step), [guarding(watch), decides()])));
}

/** A step that has passed. A promotion ends its untimed pause; then the guard sees when Argo goes on. */
async function awaitArgo(run: ReleaseRun): Promise<Ending> {
  run.enter('soaking', `${run.verdict?.reason}; Argo goes on from weight ${run.weightWanted} by its own steps`);
  if (run.planned?.pauseIndex !== undefined) await endUntimedPause(run);
  return condition(() => false).then(() => ({ kind: 'advance' }));
}

async function endUntimedPause(run: ReleaseRun): Promise<void> {
  const ended = await write.promote.executeWithOptions({ summary: 'end the untimed pause' }, [run.nextScene()]);
  if (ended.kind !== 'ready' && ended.kind !== 'moved-on')
    throw new ReleaseStopped({ kind: ended.kind, reason: ended.detail });
}

const at = (course: Course) => (): Position => ({ at: 'step', course });

/**
 * A failing step never advances without a decision. It rolls back or, with auto-rollback off, asks first. The guard
 * still watches for changes by others.
 */
async function failed(
  run: ReleaseRun,
  step: Course,
  verdict: Verdict,
  moving: boolean,
): Promise<Exclude<Ending, { kind: 'failed' }>> {
  run.verdict = verdict;
  const stop = new ReleaseStopped({ kind: 'failed', reason: verdict.reason });
  if (run.input.spec.autoRollback) throw stop;
  const watch: Watch = { ...watchOf(run, step), failed: true, ...(moving ? { moving: 'shifting' as const } : {}) };
  step.failure = { verdict, moving };
  const asked = () => askAboutFailure(run, step.index, verdict);
  const needed = needsApproval(run) && !moving;
  const answered = () => insideWindows(run, step, needed ? () => approvedToo(run, step.index, asked()) : asked);
  const ending = await run.interruptible(() =>
    first<Ending | undefined>(() => untilLeft<Ending | undefined>(run, at(step), [guarding(watch), answered()])),
  );
  delete step.failure;
  if (!ending || ending.kind === 'failed') throw stop;
  return ending;
}

/** A step that people let pass in spite of its failure needs its approvals too, once its weight is in force. */
async function approvedToo(run: ReleaseRun, index: number, answer: ReturnType<typeof askAboutFailure>) {
  const accepted = await answer;
  if (accepted) await stepApproved(run, index);
  return accepted;
}
