import { ApplicationFailure, condition, setHandler } from '@temporalio/workflow';
import { ERRORS, type ErrorCode } from '../src/domain/errors.ts';
import type { CommandOutcome } from '../src/domain/release/command.ts';
import { GUARD_COMMANDS, type GuardCommandName } from '../src/domain/release/guard.ts';
import { malformed } from './commands.ts';
import type { GuardRun } from './guard-run.ts';
import { commandSignals, commandUpdates, supersedeGuard, type CommandMessage } from './messages.ts';

/** Registers every command as signal and update. Must run before the workflow's first await. */
export function registerGuardCommands(run: GuardRun): void {
  const handled = new Map<string, Promise<CommandOutcome>>();
  for (const name of GUARD_COMMANDS) {
    const handle = (message: CommandMessage) => once(run, handled, name, message);
    const validator = (message: CommandMessage) => validate(run, handled, name, message);
    setHandler(commandUpdates[name], handle, { validator, description: DESCRIPTIONS[name] });
    setHandler(commandSignals[name], async (message) => void (await handle(message)), {
      description: DESCRIPTIONS[name],
    });
  }
  setHandler(supersedeGuard, ({ by }) => void (run.wish ??= { kind: 'superseded', by }), {
    description: 'Sent by a release when it has the target: the guard ends.',
  });
}

interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
}

function refusalOf(run: GuardRun, name: GuardCommandName, message: CommandMessage): Refusal | undefined {
  const problem = malformed(message);
  if (problem) return { code: 'INVALID_INPUT', message: problem };
  if (run.ending || run.wish) return { code: 'RELEASE_CLOSED', message: 'the guard has come to its end' };
  if (name === 'abort' || run.isWaiting) return undefined;
  return { code: 'NOT_WAITING', message: 'the guard asks nothing: it watches until its time is over' };
}

/** Synchronous: the SDK does not await validators. */
function validate(
  run: GuardRun,
  handled: ReadonlyMap<string, unknown>,
  name: GuardCommandName,
  message: CommandMessage,
): void {
  if (!malformed(message) && handled.has(message.requestId)) return;
  const refusal = refusalOf(run, name, message);
  if (refusal)
    throw ApplicationFailure.create({
      type: refusal.code,
      message: refusal.message,
      nonRetryable: true,
      details: [{ next: ERRORS[refusal.code].next }],
    });
}

/** The same request id acts once; a repeated one gets the first one's outcome, marked as a duplicate. */
async function once(
  run: GuardRun,
  handled: Map<string, Promise<CommandOutcome>>,
  name: GuardCommandName,
  message: CommandMessage,
): Promise<CommandOutcome> {
  const first = handled.get(message.requestId);
  if (first) return { ...(await first), duplicate: true };
  const outcome = perform(run, name, message);
  if (!malformed(message)) handled.set(message.requestId, outcome);
  return outcome;
}

async function perform(run: GuardRun, name: GuardCommandName, message: CommandMessage): Promise<CommandOutcome> {
  const refusal = refusalOf(run, name, message);
  const done = refusal ? ({ outcome: 'refused', detail: refusal.message } as const) : await act(run, name, message);
  const outcome: CommandOutcome = { requestId: message.requestId, command: name, duplicate: false, ...done };
  run.outcomes.push(outcome);
  run.outbox.add('command', outcome);
  return outcome;
}

async function act(
  run: GuardRun,
  name: GuardCommandName,
  { who, why }: CommandMessage,
): Promise<Pick<CommandOutcome, 'outcome' | 'detail'>> {
  run.wish = { kind: name, who, ...(why !== undefined && { why }) };
  await condition(() => run.ending !== undefined);
  const { state = 'superseded', reason = '' } = run.ending ?? {};
  if (state === 'rolling-back') return { outcome: 'accepted', detail: reason };
  return { outcome: state === 'superseded' ? 'refused' : 'applied', detail: reason };
}

const DESCRIPTIONS: Readonly<Record<GuardCommandName, string>> = {
  abort: 'Make the version before the release stable again.',
  resume: 'Keep the version although it failed: the guard ends.',
};
