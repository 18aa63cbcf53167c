import type { Command } from '../../commands/command.ts';
import { commandsOf } from '../../commands/toolset.ts';
import { execute, type Output } from '../../commands/execute.ts';
import { redacted } from '../../commands/redacted.ts';
import type { Caller } from '../../domain/access/caller.ts';
import { ERRORS, SluiceError } from '../../domain/errors.ts';
import { failureAnswer, type Answer } from '../answer.ts';
import { inSpan } from '../../observability/tracing/spans.ts';
import type { RestDeps } from './deps.ts';
import { inRestWords } from './rest-words.ts';

export interface Call {
  readonly deps: RestDeps;
  readonly command: Command;
  readonly raw: unknown;
  readonly caller: Caller;
  readonly signal: AbortSignal;
  readonly progress: (message: string, fraction?: number) => Promise<void>;
}

/** Runs a tool and sends an answer in any case. */
export async function callTool(call: Call): Promise<Answer> {
  const { status, body } = await answerOf(call);
  return { status, body: inRestWords(body, commandsOf(call.deps.toolsets)) };
}

async function answerOf(call: Call): Promise<Answer> {
  const { deps, command, raw, caller, signal, progress } = call;
  const started = Date.now();
  try {
    const context = { ...deps.services, caller, signal, progress };
    const run = { command, raw, context, gate: deps.gate, audit: deps.audit };
    const output = await inSpan(command.name, { kind: 'internal' }, () => execute(run));
    log(call, started);
    return toAnswer(command, output);
  } catch (error) {
    log(call, started, error);
    return failureAnswer(error);
  }
}

/**
 * An answer that reports a failure, for example a refused write, has the HTTP status of its code. A script does not
 * have to read the answer.
 */
function toAnswer(command: Command, output: Output): Answer {
  const code = command.problem?.(output);
  if (!code) return { status: 200, body: { result: output } };
  const next = typeof output['next'] === 'string' ? output['next'] : ERRORS[code].next;
  return { status: ERRORS[code].http, body: { result: output, error: { code, message: command.text(output), next } } };
}

function log({ deps, command, raw, caller }: Call, started: number, error?: unknown): void {
  const fields = {
    tool: command.name,
    caller: caller.id,
    ms: Date.now() - started,
    ...(deps.debug ? { args: redacted(raw ?? {}) } : {}),
  };
  if (error === undefined) deps.log.info(fields, 'REST call');
  else if (error instanceof SluiceError)
    deps.log.warn({ ...fields, code: error.code, error: error.message }, 'REST call refused');
  else deps.log.error({ ...fields, err: error }, 'REST call failed');
}
