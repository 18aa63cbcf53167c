import { condition, setHandler } from '@temporalio/workflow';
import type { CommandOutcome } from '../src/domain/release/command.ts';
import type { GuardCommandName } from '../src/domain/release/guard.ts';
import { registerHandlers, type Refusal } from './command-handlers.ts';
import type { GuardRun } from './guard-run.ts';
import { supersedeGuard, type CommandMessage } from './messages.ts';

/** Registers every command as signal and update. Must run before the workflow's first await. */
export function registerGuardCommands(run: GuardRun): void {
  registerHandlers({
    descriptions: DESCRIPTIONS,
    refusalOf: ({ name }) => refusalOf(run, name),
    perform: ({ name, ...message }, refused) => perform(run, name, message, refused),
  });
  setHandler(supersedeGuard, ({ by }) => void (run.request ??= { kind: 'superseded', by }), {
    description: 'Sent by a release when it has the target: the guard ends.',
  });
}

function refusalOf(run: GuardRun, name: GuardCommandName): Refusal | undefined {
  if (run.ending || run.request) return { code: 'RELEASE_CLOSED', message: 'the guard has come to its end' };
  if (name === 'abort' || run.isWaiting) return undefined;
  return { code: 'NOT_WAITING', message: 'the guard asks nothing: it watches until its time is over' };
}

async function perform(
  run: GuardRun,
  name: GuardCommandName,
  message: CommandMessage,
  refused: Refusal | undefined,
): Promise<CommandOutcome> {
  const decision = run.decision(message);
  const done = refused ? ({ outcome: 'refused', detail: refused.message } as const) : await act(run, name, message);
  const outcome: CommandOutcome = { requestId: message.requestId, command: name, duplicate: false, ...done };
  run.outcomes.push(outcome);
  run.outbox.add('command', run.audited ? { ...outcome, decision } : outcome);
  return outcome;
}

async function act(
  run: GuardRun,
  name: GuardCommandName,
  { who, why, sender }: CommandMessage,
): Promise<Pick<CommandOutcome, 'outcome' | 'detail'>> {
  run.request = { kind: name, who, ...(why !== undefined && { why }), ...(sender && { sender }) };
  await condition(() => run.ending !== undefined);
  const { state = 'superseded', reason = '' } = run.ending ?? {};
  if (state === 'rolling-back') return { outcome: 'accepted', detail: reason };
  return { outcome: state === 'superseded' ? 'refused' : 'applied', detail: reason };
}

const DESCRIPTIONS: Readonly<Record<GuardCommandName, string>> = {
  abort: 'Make the version before the release stable again.',
  resume: 'Keep the version although it failed: the guard ends.',
};
