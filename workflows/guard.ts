import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  condition,
  isCancellation,
  setHandler,
  sleep,
  workflowInfo,
} from '@temporalio/workflow';
import type { StableAlarm } from '../activities/guard.ts';
import type { Verdict } from '../src/domain/analysis/verdict.ts';
import type { GuardInput } from '../src/domain/release/guard.ts';
import { guardId } from '../src/domain/release/target.ts';
import { read } from './activity-options.ts';
import { first } from './first.ts';
import { registerGuardCommands } from './guard-commands.ts';
import { GuardRun, type GuardEnding, type GuardRequest } from './guard-run.ts';
import { getGuard } from './messages.ts';
import { startRollback } from './start-rollback.ts';

/**
 * Watches the version that a release has made stable. It holds no mark and writes nothing to the target, so the next
 * release may start at any time. A rollback is a run of the release of its own.
 */
export async function guard(input: GuardInput): Promise<GuardEnding> {
  const run = new GuardRun(acceptedGuard(input));
  setHandler(getGuard, () => run.view(), { description: 'The whole state of the guard.' });
  registerGuardCommands(run);
  const { plan } = run.input;
  run.enter('guarding', `watching ${plan.toImage} until ${new Date(run.until).toISOString()}`);
  try {
    return await end(run, await watchAndDecide(run));
  } catch (error) {
    if (!isCancellation(error)) throw error;
    const reason = 'the guard was cancelled in Temporal before its time was over';
    await CancellationScope.nonCancellable(() => end(run, { state: 'completed', reason }));
    throw error;
  }
}

async function end(run: GuardRun, ending: GuardEnding): Promise<GuardEnding> {
  run.ending = ending;
  await condition(allHandlersFinished);
  run.enter(ending.state, ending.reason, ending.who);
  await run.outbox.finish();
  return ending;
}

/** Anybody who may start workflows may start this one. Fails the run with INVALID_INPUT. */
function acceptedGuard(input: GuardInput | undefined): GuardInput {
  const { workflowId } = workflowInfo();
  const whole = input?.spec?.target && input.plan && input.newHash && input.releasedBy;
  if (whole && workflowId === guardId(input.spec.target)) return input;
  const message = 'a guard is started by its release only, under the id guard/<cluster>/<namespace>/<rollout>';
  throw ApplicationFailure.nonRetryable(message, 'INVALID_INPUT');
}

async function watchAndDecide(run: GuardRun): Promise<GuardEnding> {
  const met = await first<StableAlarm | GuardRequest | 'over'>(() => [
    guarding(run, false),
    requested(run),
    sleep(run.input.spec.guardMs ?? 0, { summary: 'guard' }).then((): 'over' => 'over'),
  ]);
  if (met === 'over') return completed(run);
  if (met.kind === 'failed') return failed(run, met.verdict);
  return decided(run, met);
}

function guarding(run: GuardRun, failedBefore: boolean): Promise<StableAlarm> {
  const watch = { ...run.watch(), ...(failedBefore && { failed: true as const }) };
  const summary = failedBefore ? 'look for newer versions' : `guard ${run.input.plan.toImage}`;
  return read.guardStable.executeWithOptions({ summary }, [watch]);
}

async function requested(run: GuardRun): Promise<GuardRequest> {
  await condition(() => run.request !== undefined);
  return run.request as GuardRequest;
}

/** The time is over. What is not known is not called good. */
async function completed(run: GuardRun): Promise<GuardEnding> {
  const judging = read.judge.executeWithOptions({ summary: 'last verdict' }, [run.watch()]);
  const verdict = await first<Verdict | 'late'>(() => [judging, sleep(LAST_LOOK_MS).then((): 'late' => 'late')]);
  if (verdict === 'late') return { state: 'completed', reason: 'the time is over; the last verdict could not be read' };
  run.verdict = verdict;
  if (verdict.outcome === 'fail') return failed(run, verdict);
  return { state: 'completed', reason: `the time is over; last verdict ${verdict.outcome}: ${verdict.reason}` };
}

const LAST_LOOK_MS = 30_000;

async function failed(run: GuardRun, verdict: Verdict): Promise<GuardEnding> {
  run.verdict = verdict;
  const reason = `${run.input.plan.toImage} turned bad after its release: ${verdict.reason}`;
  if (run.input.spec.autoRollback) return startRollback(run, reason);
  const { decisionMs } = run.input.spec.timeouts;
  run.enter('waiting-for-decision', `${reason}; auto-rollback is off`, undefined, {
    for: 'decision',
    answers: ['abort', 'resume'],
    deadlineInMs: decisionMs,
  });
  const answer = await first<StableAlarm | GuardRequest | 'none'>(() => [
    guarding(run, true),
    requested(run),
    sleep(decisionMs, { summary: 'answer to the failed verdict' }).then((): 'none' => 'none'),
  ]);
  if (answer === 'none') return startRollback(run, `${reason}; nobody answered within ${decisionMs / 1000} s`);
  return decided(run, answer);
}

/** Carries out a request, or reacts to a change by another writer. */
function decided(run: GuardRun, met: StableAlarm | GuardRequest): GuardEnding | Promise<GuardEnding> {
  const { toImage } = run.input.plan;
  switch (met.kind) {
    case 'abort':
      return startRollback(run, `aborted by ${met.who}${met.why ? `: ${met.why}` : ''}`, met);
    case 'resume':
      return { state: 'kept', reason: `${met.who} keeps ${toImage}${met.why ? `: ${met.why}` : ''}`, who: met.who };
    case 'superseded':
      return { state: 'superseded', reason: 'by' in met ? `${met.by} has the target now` : met.detail };
    case 'failed':
      return startRollback(run, met.verdict.reason);
  }
}
