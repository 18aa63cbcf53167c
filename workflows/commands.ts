import { ApplicationFailure, CancellationScope, condition, setHandler } from '@temporalio/workflow';
import { refusalOf } from '../src/domain/release/admission.ts';
import { COMMANDS, type Command, type CommandName, type CommandOutcome } from '../src/domain/release/command.ts';
import { ERRORS } from '../src/domain/errors.ts';
import { commandSignals, commandUpdates, type CommandMessage } from './messages.ts';
import type { ReleaseRun } from './release-run.ts';

type Ending = Pick<CommandOutcome, 'outcome' | 'detail'>;

/** Registers every command as signal and update. Must run before the workflow's first await. */
export function registerCommands(run: ReleaseRun): void {
  const handled = new Map<string, Promise<CommandOutcome>>();
  for (const name of COMMANDS) {
    // A cancelled workflow still rolls back. An error of a handler that waits for it would close the workflow at once.
    const handle = (message: CommandMessage) =>
      CancellationScope.nonCancellable(() => once(run, handled, { ...message, name }));
    const validator = (message: CommandMessage) => validate(run, handled, { ...message, name });
    setHandler(commandUpdates[name], handle, { validator, description: DESCRIPTIONS[name] });
    setHandler(commandSignals[name], async (message) => void (await handle(message)), {
      description: DESCRIPTIONS[name],
    });
  }
}

/** A refused update leaves no event in the history. Validators are synchronous, because the SDK does not await them. */
function validate(run: ReleaseRun, handled: ReadonlyMap<string, unknown>, command: Command): void {
  const problem = malformed(command);
  if (!problem && handled.has(command.requestId)) return;
  const refusal = problem ? ({ code: 'INVALID_INPUT', message: problem } as const) : refusalOf(command, run.situation);
  if (refusal)
    throw ApplicationFailure.create({
      type: refusal.code,
      message: refusal.message,
      nonRetryable: true,
      details: [{ next: ERRORS[refusal.code].next }],
    });
}

/** Signals come from any client, so their payload is checked here too. */
export function malformed(command: Partial<Command>): string | undefined {
  if (typeof command.requestId !== 'string' || command.requestId === '') return 'requestId is missing';
  if (command.why !== undefined && typeof command.why !== 'string') return 'why is not a text';
  if (command.step !== undefined && !Number.isInteger(command.step)) return 'step is not a whole number';
  if (command.runId !== undefined && typeof command.runId !== 'string') return 'runId is not a text';
  return typeof command.who === 'string' && command.who !== '' ? undefined : 'who is missing';
}

/** The same request id acts once. A repeated request gets the outcome of the first, marked as a duplicate. */
async function once(
  run: ReleaseRun,
  handled: Map<string, Promise<CommandOutcome>>,
  command: Command,
): Promise<CommandOutcome> {
  const first = handled.get(command.requestId);
  if (first) return { ...(await first), duplicate: true };
  const outcome = perform(run, command);
  if (!malformed(command)) handled.set(command.requestId, outcome);
  return outcome;
}

async function perform(run: ReleaseRun, command: Command): Promise<CommandOutcome> {
  const problem = malformed(command) ?? refusalOf(command, run.situation)?.message;
  const ending: Ending = problem ? { outcome: 'refused', detail: problem } : await act(run, command);
  const outcome: CommandOutcome = { requestId: command.requestId, command: command.name, duplicate: false, ...ending };
  run.outcomes.push(outcome);
  run.outbox.add('command', outcome);
  if (problem) run.note(`${command.name} refused: ${problem}`, command.who);
  return outcome;
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
    case 'reject':
      run.approval = { approved: command.name === 'approve', who: command.who };
      run.note(
        `${command.name === 'approve' ? 'approved' : 'rejected'}${command.why ? `: ${command.why}` : ''}`,
        command.who,
      );
      return { outcome: 'applied', detail: `recorded: ${command.name}` };
    case 'promote':
      return promote(run, command);
    case 'skip-analysis':
      return skip(run, command);
    case 'abort':
      return abort(run, command);
  }
}

async function promote(run: ReleaseRun, command: Command): Promise<Ending> {
  const index = run.stepIndex;
  const waits = run.waiting?.for === 'promotion';
  run.promoted.add(index);
  if (command.all) run.promoteAll = true;
  run.note(command.all ? 'promote all remaining steps, each still judged' : 'promote', command.who);
  if (!waits) return { outcome: 'accepted', detail: `recorded: goes on as soon as step ${index + 1} has passed` };
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

async function abort(run: ReleaseRun, command: Command): Promise<Ending> {
  const reason = `aborted by ${command.who}${command.why ? `: ${command.why}` : ''}`;
  run.note(reason, command.who);
  run.halt({ kind: 'abort', reason, who: command.who });
  await condition(() => run.withdrawal !== undefined || run.isEnding);
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
  approve: 'Let a release that waits for approval start.',
  reject: 'End a release that waits for approval.',
};
