import {
  allHandlersFinished,
  CancellationScope,
  CancelledFailure,
  condition,
  setHandler,
  upsertMemo,
} from '@temporalio/workflow';
import type { Course, Position } from '../src/domain/release/continued.ts';
import type { ClosedState } from '../src/domain/release/state.ts';
import type { ReleasePlan } from '../src/domain/release/plan.ts';
import type { StopCause } from '../src/domain/release/stop.ts';
import type { ReleaseResult } from '../src/domain/release/view.ts';
import type { Alarm } from '../activities/guard.ts';
import { bounded, write } from './activity-options.ts';
import { acceptedInput } from './accepted-input.ts';
import { bringBack } from './bring-back.ts';
import { takeOver } from './carried.ts';
import { registerCommands } from './commands.ts';
import { beginning, continueRun, RunLeft, wasReset } from './continuing.ts';
import { retryUntilDone } from './retry-until-done.ts';
import { CHAIN_MEMO, getRelease, type ReleaseInput } from './messages.ts';
import { has } from './patches.ts';
import { approved, prepare } from './prepare.ts';
import { ReleaseRun } from './release-run.ts';
import { rollBack } from './rollback.ts';
import { startGuard } from './start-guard.ts';
import { runStep } from './steps.ts';
import { ReleaseStopped, stopCause } from './stopped.ts';
import { guarded } from './watching.ts';

/**
 * One release of one target. Its workflow id is the target, so there is at most one. It ends as a completed run with
 * the state in its result. When Temporal was requested to cancel it, it ends as a cancelled run after the same
 * rollback.
 */
export async function release(input: ReleaseInput): Promise<ReleaseResult> {
  const run = new ReleaseRun(acceptedInput(input));
  if (run.input.continues) takeOver(run, run.input.continues, wasReset());
  setHandler(getRelease, () => run.view(), { description: 'The whole state of the release.' });
  registerCommands(run);
  nameChain(run);
  for (let from = beginning(run); ; ) {
    try {
      return await course(run, from);
    } catch (error) {
      if (!(error instanceof RunLeft)) throw error;
      from = await continueRun(run, error);
    }
  }
}

/** The release from a position to its end. `from`: absent at the beginning of the release. */
async function course(run: ReleaseRun, from?: Position): Promise<ReleaseResult> {
  const outcome = from && from.at !== 'approval' ? await outcomeFrom(run, from) : await fromTheStart(run, from);
  return end(run, outcome.state, outcome.cause, outcome.reason);
}

async function fromTheStart(run: ReleaseRun, from?: Position): Promise<Outcome> {
  const refusal = from ? await approved(run) : await prepare(run);
  if (!refusal) return forwardOrBack(run);
  return run.underWay ? back(run, refusal) : { state: 'refused', reason: refusal.reason, cause: refusal };
}

function outcomeFrom(run: ReleaseRun, from: Exclude<Position, { at: 'approval' }>): Promise<Outcome> {
  return from.at === 'back' ? back(run, from.cause) : forwardOrBack(run, from.course);
}

/**
 * Lists are made of Temporal's records, which do not say that a reset run continues an earlier one. A run that was
 * reset to a later task replays its beginning without the patch, so it does this at its end.
 */
function nameChain(run: ReleaseRun): void {
  const { firstRunId } = run.owner;
  if (run.chainNamed || firstRunId === undefined || !has('chain-in-memo')) return;
  run.chainNamed = true;
  upsertMemo({ [CHAIN_MEMO]: firstRunId });
}

interface Outcome {
  readonly state: ClosedState;
  readonly reason: string;
  readonly cause?: StopCause;
}

async function forwardOrBack(run: ReleaseRun, held?: Course): Promise<Outcome> {
  try {
    await (held ? stepsFrom(run, held.index, held) : forward(run));
    return { state: 'succeeded', reason: `${run.plan?.toImage} is stable${unjudgedText(run)}` };
  } catch (error) {
    return back(run, stopCause(error));
  }
}

async function back(run: ReleaseRun, cause: StopCause): Promise<Outcome> {
  // Argo takes no abort of a version that it calls a rollback itself: the image of before is what brings users back.
  if (run.passedBy !== undefined) {
    run.halt(cause);
    return { ...(await bringBack(run, cause)), cause };
  }
  for (;;) {
    const rolledBack = await rollBack(run, cause);
    if (rolledBack !== 'too-late') return { ...rolledBack, cause };
    if (run.input.rollback && has('guard-after')) return { ...(await bringBack(run, cause)), cause };
    const late = await finishLate(run, cause);
    if (late) return late;
  }
}

/** A stop came too late: the version that is already stable is completed, unless it is aborted meanwhile. */
async function finishLate(run: ReleaseRun, cause: StopCause): Promise<Outcome | undefined> {
  run.enter('promoting', `too late to go back: ${run.plan?.toImage} is stable already`);
  try {
    await CancellationScope.nonCancellable(() => retryUntilDone(run, 'promotion', cause, () => settle(run)));
    return {
      state: 'succeeded',
      reason: `${cause.reason}, but too late: ${run.plan?.toImage} was already stable${unjudgedText(run)}`,
    };
  } catch (error) {
    const { kind, reason } = stopCause(error);
    return kind === 'superseded' ? { state: 'superseded', reason } : undefined;
  }
}

/** Which steps passed without a verdict, for the end of the headline; empty: every step was judged good. */
function unjudgedText(run: ReleaseRun): string {
  const steps = run.plan?.steps ?? [];
  // A version that became stable while a step was held has left out that step and all after it.
  const left = steps.map((_, index) => index).filter((index) => index >= run.judgedSteps && !run.unjudged.has(index));
  for (const index of left) run.unjudged.set(index, 'the version became stable before its verdict');
  if (run.unjudged.size === 0) return '';
  const texts = [...run.unjudged].map(([index, why]) => `step ${index + 1} (weight ${steps[index]?.weight}): ${why}`);
  return `; not judged: ${texts.join('; ')}`;
}

async function forward(run: ReleaseRun): Promise<void> {
  await begin(run);
  if (run.passedBy !== undefined) return settlePassed(run, run.plan?.steps.length ?? 0);
  await stepsFrom(run, 0);
}

/** `held`: the first of the steps, if an earlier run has held it. */
async function stepsFrom(run: ReleaseRun, begin: number, held?: Course): Promise<void> {
  const steps = run.plan?.steps.length ?? 0;
  for (let index = begin; index < steps; index += 1) {
    await runStep(run, index, index === held?.index ? held : undefined);
    run.judgedSteps = index + 1;
  }
  await finish(run, steps);
}

/** The release accepts that nothing could be judged: it brings what Argo did to its end, and says so. */
async function settlePassed(run: ReleaseRun, steps: number): Promise<void> {
  run.enter('promoting', `${run.passedBy}; the release accepts this`);
  await run.interruptible(() => settle(run), { ms: run.input.spec.timeouts.stepMs, summary: 'new version stable' });
  run.advanced = steps;
}

async function begin(run: ReleaseRun): Promise<void> {
  const { stepMs } = run.input.spec.timeouts;
  const { joined, toImage } = run.plan as ReleasePlan;
  run.enter('starting', joined ? `joining the update to ${toImage}` : `setting ${toImage}`);
  const step: Course = { index: 0, soakLeftMs: 0, drifts: 0 };
  const alarm = await run.interruptible(() => guarded(run, step, 'starting', () => setImage(run)), {
    ms: stepMs,
    summary: 'new version ready',
  });
  if (alarm) throw stopOf(alarm);
}

async function setImage(run: ReleaseRun): Promise<void> {
  await run.clock.running();
  const started = await write.start.executeWithOptions({ summary: `set image ${run.plan?.toImage}` }, [
    run.nextScene(),
  ]);
  if ('newHash' in started) run.newHash = started.newHash;
  if (started.kind === 'ready') {
    if (started.detail !== undefined) run.note(started.detail);
    return run.noteSource(started.source);
  }
  const passed = started.kind === 'passed-by' || started.kind === 'promoted-elsewhere';
  const accepted = passed && run.input.spec.acceptFastTrack === true;
  if (accepted || started.kind === 'passed-by') run.passedBy = started.detail;
  if (accepted) return;
  const kind = started.kind === 'passed-by' ? 'failed' : started.kind;
  throw new ReleaseStopped({ kind, reason: started.detail });
}

async function finish(run: ReleaseRun, steps: number): Promise<void> {
  const { stepMs } = run.input.spec.timeouts;
  await run.clock.running();
  run.enter('promoting', run.planned?.watched ? 'Argo has left its last weight' : 'every step has passed: promoting');
  const last: Course = { index: steps - 1, soakLeftMs: 0, drifts: 0 };
  const alarm = await run.interruptible(() => guarded(run, last, 'promoting', () => promoteAndSettle(run, steps)), {
    ms: stepMs,
    summary: 'new version stable',
  });
  if (alarm) throw stopOf(alarm);
}

async function promoteAndSettle(run: ReleaseRun, steps: number): Promise<void> {
  const promoted = await write.promote.executeWithOptions({ summary: 'promote' }, [run.nextScene()]);
  if (promoted.kind !== 'ready' && promoted.kind !== 'moved-on')
    throw new ReleaseStopped({ kind: promoted.kind, reason: promoted.detail });
  run.advanced = steps;
  await settle(run);
}

/** No person is asked about a failure while the version starts or is promoted, because there is no weight to hold. */
function stopOf(alarm: Alarm): ReleaseStopped {
  if (alarm.kind === 'failed') return new ReleaseStopped({ kind: 'failed', reason: alarm.verdict.reason });
  const stop = alarm.kind === 'drift' || alarm.kind === 'moved-on' ? 'failed' : alarm.kind;
  return new ReleaseStopped({ kind: stop, reason: alarm.detail });
}

async function settle(run: ReleaseRun): Promise<void> {
  const settled = await write.settle.executeWithOptions({ summary: 'settle weights and selectors' }, [run.nextScene()]);
  if (settled.kind !== 'settled') throw new ReleaseStopped({ kind: settled.kind, reason: settled.detail });
  run.weightWanted = 0;
  run.proof = settled.proof;
  if (settled.streams !== undefined) run.note(`traffic is settled on ${run.plan?.toImage}; ${settled.streams}`);
}

/** Releases the target, then closes. After the end is visible the next release may start at once. */
async function end(
  run: ReleaseRun,
  state: ClosedState,
  cause?: StopCause,
  reason = cause?.reason ?? state,
): Promise<ReleaseResult> {
  return CancellationScope.nonCancellable(async () => {
    if (run.careful) run.ending = state;
    nameChain(run);
    if (run.plan) await unclaimTarget(run);
    if (state === 'succeeded') await startGuard(run);
    if (run.journaled) await run.recordEnd(state, reason, cause?.who);
    run.enter(state, reason, cause?.who);
    await condition(allHandlersFinished);
    if (cause?.kind === 'cancelled') throw new CancelledFailure(reason);
    return { state, reason };
  });
}

/**
 * A mark that cannot be removed (for example because the Rollout was deleted) must not keep a finished release open. A
 * later release takes it over.
 */
async function unclaimTarget(run: ReleaseRun): Promise<void> {
  try {
    const { unclaim } = run.careful ? bounded : write;
    await unclaim.executeWithOptions({ summary: 'release the owner marks' }, [run.nextScene()]);
  } catch (error) {
    run.note(`the owner marks stay: ${stopCause(error).reason}`);
  }
}
