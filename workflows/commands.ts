import { CancellationScope, condition } from '@temporalio/workflow';
import { refusalOf } from '../src/domain/release/admission.ts';
import type { Command, CommandName, CommandOutcome, Decision } from '../src/domain/release/command.ts';
import { vote } from './approvals.ts';
import { registerHandlers } from './command-handlers.ts';
import { agreed, voteForStep } from './phase-approvals.ts';
import type { ReleaseRun } from './release-run.ts';

type Ending = Pick<CommandOutcome, 'outcome' | 'detail'>;

/** Registers every command as signal and update. Must run before the workflow's first await. */
export function registerCommands(run: ReleaseRun): void {
  registerHandlers({
    descriptions: DESCRIPTIONS,
    refusalOf: (command) => refusalOf(command, run.situation),
    perform: (command, refused) => perform(run, command, refused?.message),
    handled: run.outcomes,
    // A cancelled workflow still rolls back. An error of a handler that waits for it would close the workflow at once.
    within: (handle) => {
      run.handled += 1;
      return CancellationScope.nonCancellable(handle);
    },
  });
}

async function perform(run: ReleaseRun, command: Command, problem: string | undefined): Promise<CommandOutcome> {
  const decision = decisionOf(run, command);
  const ending: Ending = problem ? { outcome: 'refused', detail: problem } : await act(run, command);
  const outcome: CommandOutcome = { requestId: command.requestId, command: command.name, duplicate: false, ...ending };
  run.outcomes.push(outcome);
  run.outbox.add('command', run.audited ? { ...outcome, decision } : outcome);
  if (problem) run.note(`${command.name} refused: ${problem}`, command.who);
  return outcome;
}

/** Who decides about what, before the command acts. */
function decisionOf(run: ReleaseRun, { who, why, sender }: Command): Decision {
  return {
    who,
    ...(why !== undefined && { why }),
    ...(sender && { sender }),
    ...(run.plan && { step: run.stepIndex }),
    ...(run.waiting && { asked: run.waiting.for }),
  };
}

async function act(run: ReleaseRun, command: Command): Promise<Ending> {
  switch (command.name) {
    case 'pause':
      run.pause(command.who, command.why);
      return { outcome: 'applied', detail: `paused while ${run.situation.state}; the release's clock stands still` };
    case 'resume':
      run.resume(command.who);
      return { outcome: 'applied', detail: `goes on: ${run.state}` };
    case 'approve':
      return run.waiting?.for === 'step-approval' ? approveStep(run, command) : answer(run, command, true);
    case 'reject':
      return run.waiting?.for === 'step-approval' ? abort(run, command, 'rejected') : answer(run, command, false);
    case 'promote':
      return promote(run, command);
    case 'skip-analysis':
      return agreed(run, 'skip-analysis', command) ?? skip(run, command);
    case 'abort':
      return abort(run, command, 'aborted');
    case 'override-windows':
      return agreed(run, 'override-windows', command) ?? override(run, command);
  }
}

/** The answer to the question whether the release may start. */
function answer(run: ReleaseRun, command: Command, approved: boolean): Ending {
  const { approvers } = run.input.spec;
  if (approved && approvers) return vote(run, command, approvers);
  run.approval = { approved, who: command.who };
  run.note(`${approved ? 'approved' : 'rejected'}${command.why ? `: ${command.why}` : ''}`, command.who);
  return { outcome: 'applied', detail: `recorded: ${command.name}` };
}

async function approveStep(run: ReleaseRun, command: Command): Promise<Ending> {
  const index = run.stepIndex;
  return voteForStep(run, command) ?? stepOutcome(run, index);
}

/** It covers the windows that are closed now. Another window that closes later holds the release again. */
function override(run: ReleaseRun, command: Command): Ending {
  const windows = run.window?.by ?? [];
  run.override = { who: command.who, why: command.why as string, windows };
  run.note(`windows overridden (${windows.join(', ')}): ${command.why}`, command.who);
  return { outcome: 'accepted', detail: `goes on while only these windows close it: ${windows.join(', ')}` };
}

async function promote(run: ReleaseRun, command: Command): Promise<Ending> {
  const index = run.stepIndex;
  const waits = run.waiting?.for === 'promotion';
  const asks = run.input.spec.approvals ? '; a step that named people have to approve still waits for them' : '';
  run.promoted.add(index);
  if (command.all) run.promoteAll = true;
  run.note(command.all ? 'promote all remaining steps, each still judged' : 'promote', command.who);
  const resumed = run.clock.paused ? ' and the release has been resumed' : '';
  if (!waits)
    return {
      outcome: 'accepted',
      detail: `recorded: goes on as soon as step ${index + 1} has passed${resumed}${asks}`,
    };
  return stepOutcome(run, index);
}

async function skip(run: ReleaseRun, command: Command): Promise<Ending> {
  const index = run.stepIndex;
  run.skip = { index, who: command.who, why: command.why as string };
  run.note(`analysis of step ${index + 1} skipped: ${command.why}`, command.who);
  return stepOutcome(run, index);
}

/** Waits until the step has really ended, or the release took another course. */
async function stepOutcome(run: ReleaseRun, index: number): Promise<Ending> {
  await condition(() => run.advanced > index || run.stop !== undefined || run.isEnding || run.state === 'aborting');
  if (run.advanced <= index)
    return { outcome: 'refused', detail: `overtaken: the release is ${run.ending ?? run.state}` };
  const last = index + 1 === run.plan?.steps.length;
  return {
    outcome: 'applied',
    detail: last
      ? 'the last pause has ended; the new version is being promoted'
      : `step ${index + 2} is in force: weight ${run.weightWanted}`,
  };
}

async function abort(run: ReleaseRun, command: Command, what: 'aborted' | 'rejected'): Promise<Ending> {
  const reason = `${what} by ${command.who}${command.why ? `: ${command.why}` : ''}`;
  run.note(reason, command.who);
  run.halt({ kind: 'abort', reason, who: command.who });
  await condition(() => run.withdrawal !== undefined || run.isEnding || run.leaving);
  if (!run.withdrawal && !run.isEnding)
    return { outcome: 'accepted', detail: 'the rollback is tried again in the next run of the release' };
  if (!run.withdrawal && run.ending === 'succeeded')
    return { outcome: 'refused', detail: `too late: ${run.plan?.toImage} is already the stable version` };
  if (!run.withdrawal) return { outcome: 'applied', detail: 'ended before anything was changed' };
  return { outcome: run.withdrawal.done ? 'applied' : 'refused', detail: run.withdrawal.detail };
}

const DESCRIPTIONS: Readonly<Record<CommandName, string>> = {
  pause: 'Stop the clock of the release; traffic stays as it is and is still watched.',
  resume: 'Let a paused release go on, or try a failed rollback again.',
  promote: 'Let the present step advance after its analysis has passed; all: true for every remaining step.',
  abort: 'Take the traffic off the new version and roll back.',
  'skip-analysis': 'Advance the present step without a passing verdict. Needs why.',
  approve: 'Let a release that waits for approval go on.',
  reject: 'End a release that waits for approval; what it has changed is rolled back.',
  'override-windows': 'Let a release that waits for its windows go on now. Needs why.',
};
