import type { Command, CommandContext, Confirmation } from '../commands/command.ts';
import { execute, type Confirmed, type Output } from '../commands/execute.ts';
import { ERRORS, SluiceError } from '../domain/errors.ts';
import { exitOfSignal } from '../domain/release/exit-code.ts';
import type { Settings } from '../config/schema.ts';
import { inSpan, type SpanOptions } from '../observability/tracing/spans.ts';
import type { Caller } from '../domain/access/caller.ts';
import { currentCaller } from './caller.ts';
import { flagWords } from './flag-words.ts';
import type { CliDeps } from './deps.ts';
import { render, type Format } from './format.ts';
import { CATALOGUE } from '../toolsets/index.ts';
import { groupOf } from './group.ts';
import { terminalWords, wordOf } from './terminal-words.ts';
import { startProgress, type Progress } from './progress.ts';

export interface CommandRun {
  readonly command: Command;
  readonly raw: unknown;
  readonly format: Format;
  /** With true, destructive commands do not ask. */
  readonly yes: boolean;
  /** The command line goes on by itself: the text leaves out what to do next, and JSON is one line. */
  readonly followed?: boolean;
}

/** The command line acts as its user, so it may write. */
const GATE = { allowWrite: true, toolsets: [] } as const;

/**
 * Runs one command of the catalogue, prints its answer and returns it. An answer that reports a failure sets the exit
 * code, and so does a signal that ended the command early.
 */
export async function runCommand(
  deps: CliDeps,
  settings: Settings,
  { command, raw, format, yes, followed = false }: CommandRun,
): Promise<Output> {
  checkInput(command, raw, settings);
  const caller = await currentCaller(deps, settings);
  const services = await deps.open(settings);
  let progress = startProgress(deps.io, command.title);
  const ask = async ({ question }: Confirmation): Promise<Confirmed> => {
    if (yes) return { yes, how: 'flag' };
    progress.stop();
    const answer = await deps.io.ask(question);
    progress = startProgress(deps.io, command.title);
    return { yes: answer, how: 'asked' };
  };
  // A script cannot ask a person. There the argument `confirm` counts.
  const asking = yes || deps.io.interactive ? { ask } : {};
  let streamed = false;
  const lines = async (text: string): Promise<void> => {
    progress.stop();
    streamed = true;
    deps.io.out(text.trimEnd());
  };
  try {
    const context: CommandContext = {
      ...contextOf(deps, services, caller, (...update) => progress.report(...update)),
      ...(format === 'text' && { lines }),
    };
    const run = { command, raw, context, gate: GATE, audit: deps.audit(settings), ...asking };
    const output = await inSpan(command.name, callSpan(), () => execute(run));
    progress.stop();
    const problem = command.problem?.(output);
    if (problem) process.exitCode = ERRORS[problem].exit;
    if (command.exit) process.exitCode = command.exit(output);
    const text = (): string => {
      const words = flagWords(command.text(followed ? { ...output, next: '' } : output), command);
      return terminalWords(words, CATALOGUE, raw);
    };
    const oneLine = followed && format === 'json';
    const shown = nextHere(output, raw);
    if (streamed && command.ending) deps.io.err(terminalWords(command.ending(output), CATALOGUE));
    else deps.io.out(oneLine ? JSON.stringify(shown) : (await render(format, shown, text)).trimEnd());
    if (deps.io.stopped.aborted) {
      const goesOn = command.kind !== 'read' && command.ending === undefined;
      deps.io.err(`The command was interrupted.${goesOn ? ' What it has begun goes on.' : ''}`);
      process.exitCode = exitOfSignal(deps.io.stopped.reason);
    }
    return output;
  } catch (error) {
    throw aboutTheSame(atTheTerminal(error), command, raw);
  } finally {
    progress.stop();
    await services.close();
  }
}

/**
 * A call belongs to the trace of the job that made it, if that one has set the variables TRACEPARENT and TRACESTATE.
 * Source: opentelemetry.io/docs/specs/otel/context/env-carriers.
 */
function callSpan(): SpanOptions {
  const { TRACEPARENT: traceparent, TRACESTATE: tracestate } = process.env;
  const from = traceparent === undefined ? undefined : { traceparent, ...(tracestate !== undefined && { tracestate }) };
  return { kind: 'internal', from };
}

/** The help of the command says how each field is given here. */
function checkInput(command: Command, raw: unknown, settings: Settings): void {
  try {
    command.check(raw, settings);
  } catch (error) {
    if (!(error instanceof SluiceError && error.code === 'INVALID_INPUT')) throw error;
    const help = `\`sluice ${groupOf(command.toolset)} ${wordOf(command)} --help\` shows how it is given here.`;
    throw new SluiceError(error.code, error.message, { next: `${error.next} ${help}`, details: { ...error.details } });
  }
}

/** JSON names the next command as the text does. */
function nextHere(output: Output, raw: unknown): Output {
  const { next } = output;
  return typeof next === 'string' ? { ...output, next: terminalWords(next, CATALOGUE, raw) } : output;
}

/** The commands that an error names get the object of this one, and the fields that it names are flags. */
function aboutTheSame(error: unknown, command: Command, raw: unknown): unknown {
  if (!(error instanceof SluiceError)) return error;
  const { code, message, details, cause } = error;
  const next = terminalWords(flagWords(error.next, command), CATALOGUE, raw);
  return new SluiceError(code, terminalWords(flagWords(message, command), CATALOGUE, raw), {
    next,
    details: { ...details },
    cause,
  });
}

/** Here --yes confirms, so the message must not recommend an argument that does not exist as a flag. */
function atTheTerminal(error: unknown): unknown {
  if (!(error instanceof SluiceError && error.code === 'CONFIRMATION_REQUIRED')) return error;
  return new SluiceError(error.code, error.message, {
    next: 'Ask the person responsible, then repeat the command with --yes.',
    details: { ...error.details },
    cause: error,
  });
}

function contextOf(
  deps: CliDeps,
  services: Awaited<ReturnType<CliDeps['open']>>,
  caller: Caller,
  report: Progress['report'],
): CommandContext {
  return {
    ...services,
    caller,
    signal: deps.io.stopped,
    progress: async (message, fraction) => report(message, fraction),
  };
}
