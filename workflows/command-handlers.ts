import type { SignalDefinition, UpdateDefinition } from '@temporalio/common';
import { ApplicationFailure, setHandler } from '@temporalio/workflow';
import type { Command, CommandName, CommandOutcome } from '../src/domain/release/command.ts';
import { ERRORS, type ErrorCode } from '../src/domain/errors.ts';
import { commandSignals, commandUpdates, type CommandMessage } from './messages.ts';
import { takeTrace } from './tracing.ts';

/** Why a command is not carried out. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
}

type Of<N extends CommandName> = Command & { readonly name: N };

/** How a workflow takes commands. */
export interface CommandHandlers<N extends CommandName> {
  /** The commands that it knows, with what each does, for the Temporal UI. */
  readonly descriptions: Readonly<Record<N, string>>;
  /** Undefined if the command can be carried out now. The message is well-formed. */
  readonly refusalOf: (command: Of<N>) => Refusal | undefined;
  /** Carries the command out, or records why not. The message may be malformed: `refused` says so then. */
  readonly perform: (command: Of<N>, refused: Refusal | undefined) => Promise<CommandOutcome>;
  /** Outcomes of commands that earlier runs have handled. */
  readonly handled?: readonly CommandOutcome[];
  /** Runs a handler, for example in a scope of its own. */
  readonly within?: <T>(handle: () => Promise<T>) => Promise<T>;
}

/**
 * Registers every command as signal and update. Must run before the workflow's first await. The same request id acts
 * once. A repeated request gets the outcome of the first, marked as a duplicate. A refused update leaves no event in
 * the history.
 */
export function registerHandlers<N extends CommandName>(handlers: CommandHandlers<N>): void {
  const { descriptions, within = (handle) => handle() } = handlers;
  const handled = new Map<string, Promise<CommandOutcome>>(
    handlers.handled?.map((one) => [one.requestId, Promise.resolve(one)] as const),
  );
  for (const name of Object.keys(descriptions) as N[]) {
    const handle = (message: CommandMessage) => within(() => once(handlers, handled, { ...message, name }));
    // Validators are synchronous, because the SDK does not await them.
    const validator = (message: CommandMessage) => validate(handlers, handled, { ...message, name });
    const description = descriptions[name];
    const update: UpdateDefinition<CommandOutcome, [CommandMessage]> = commandUpdates[name];
    const signal: SignalDefinition<[CommandMessage]> = commandSignals[name];
    setHandler(update, handle, { validator, description });
    setHandler(signal, async (message) => void (await handle(message)), { description });
  }
}

function validate<N extends CommandName>(
  handlers: CommandHandlers<N>,
  handled: ReadonlyMap<string, unknown>,
  command: Of<N>,
): void {
  if (!malformed(command) && handled.has(command.requestId)) return;
  const refusal = refusalOf(handlers, command);
  if (refusal)
    throw ApplicationFailure.create({
      type: refusal.code,
      message: refusal.message,
      nonRetryable: true,
      details: [{ next: ERRORS[refusal.code].next }],
    });
}

async function once<N extends CommandName>(
  handlers: CommandHandlers<N>,
  handled: Map<string, Promise<CommandOutcome>>,
  command: Of<N>,
): Promise<CommandOutcome> {
  const first = handled.get(command.requestId);
  if (first) return { ...(await first), duplicate: true };
  const refusal = refusalOf(handlers, command);
  if (!refusal) takeTrace();
  const outcome = handlers.perform(command, refusal);
  if (!malformed(command)) handled.set(command.requestId, outcome);
  return outcome;
}

function refusalOf<N extends CommandName>(handlers: CommandHandlers<N>, command: Of<N>): Refusal | undefined {
  const problem = malformed(command);
  return problem === undefined ? handlers.refusalOf(command) : { code: 'INVALID_INPUT', message: problem };
}

/** Signals come from any client, so their payload is checked here too. */
function malformed(command: Partial<Command>): string | undefined {
  if (typeof command.requestId !== 'string' || command.requestId === '') return 'requestId is missing';
  if (command.why !== undefined && typeof command.why !== 'string') return 'why is not a text';
  if (command.step !== undefined && !Number.isInteger(command.step)) return 'step is not a whole number';
  if (command.runId !== undefined && typeof command.runId !== 'string') return 'runId is not a text';
  return typeof command.who === 'string' && command.who !== '' ? undefined : 'who is missing';
}
