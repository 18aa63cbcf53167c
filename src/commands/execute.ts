import type { AuditTrail } from '../domain/audit.ts';
import { SluiceError } from '../domain/errors.ts';
import { cleanText, maskSecrets } from '../domain/safe-text.ts';
import { withLedger } from '../ports/call-ledger.ts';
import type { Command, CommandContext, Confirmation } from './command.ts';
import { requireAccess } from './access.ts';
import { requireOffered, type Gate } from './gate.ts';

export type Output = Record<string, unknown>;

export interface Execution {
  readonly command: Command;
  readonly raw: unknown;
  readonly context: CommandContext;
  readonly gate: Gate;
  readonly audit: AuditTrail;
  /**
   * Asks a person, where the door can. Yes: the call goes on as confirmed. No: the command refuses it. May throw
   * `Asked`.
   */
  readonly ask?: (question: Confirmation) => Promise<boolean>;
}

/** Thrown by `ask` when the answer will come with a further call: nothing was done and nothing failed. */
export class Asked<T = unknown> extends Error {
  readonly question: T;
  constructor(question: T) {
    super('asked');
    this.question = question;
  }
}

/**
 * What every door does with a call: the gate, the check, the confirmation, the command, the audit log. Errors:
 * SluiceError, which says what was written before it; Asked.
 */
export async function execute(call: Execution): Promise<Output> {
  const started = Date.now();
  try {
    const output = await withLedger(() => run(call));
    await record(call, started, 'ok', effectOf(output));
    return output;
  } catch (error) {
    await record(call, started, ...outcomeOf(error));
    throw error;
  }
}

async function run({ command, raw, context, gate, audit, ask }: Execution): Promise<Output> {
  requireOffered(command, gate);
  const input = command.check(raw ?? {}, context.settings);
  await requireAccess(command, context, input);
  if (command.kind !== 'read') await audit.ready();
  return command.run(context, await confirmed(command, context, input, ask));
}

async function confirmed(
  command: Command,
  context: CommandContext,
  input: Record<string, unknown>,
  ask: Execution['ask'],
): Promise<Record<string, unknown>> {
  if (input['confirm'] !== undefined || !ask) return input;
  const needed = await command.confirmation?.(context, input);
  if (!needed) return input;
  return (await ask(needed)) ? { ...input, confirm: needed.value } : input;
}

function outcomeOf(error: unknown): [string, string?] {
  if (error instanceof Asked) return ['asked'];
  if (error instanceof SluiceError) return [error.code, error.message];
  return ['INTERNAL', error instanceof Error ? error.message : String(error)];
}

function effectOf({ effective, outcome, reason, detail }: Output): string | undefined {
  const words = [effective, outcome, reason, detail].filter((word) => typeof word === 'string');
  return words.length > 0 ? words.join(': ') : undefined;
}

async function record(
  { command, raw, context, audit }: Execution,
  started: number,
  result: string,
  detail?: string,
): Promise<void> {
  const { name: tool, kind } = command;
  const entry = {
    at: new Date(started).toISOString(),
    who: context.caller.id,
    tool,
    kind,
    arguments: harmless(raw ?? {}),
    result,
    ms: Date.now() - started,
  };
  await audit.record(detail === undefined ? entry : { ...entry, detail: harmless(detail) as string });
}

/** A call of a tool that this server does not have is a call, too. */
export async function recordUnknown(audit: AuditTrail, who: string, name: string, raw: unknown): Promise<void> {
  await audit.record({
    at: new Date().toISOString(),
    who,
    tool: cleanText(name, 80),
    kind: 'unknown',
    arguments: harmless(raw ?? {}),
    result: 'TOOL_NOT_FOUND',
    ms: 0,
  });
}

const SECRET_KEY = /password|passwd|secret|token|api_?key|authorization|kubeconfig/i;

/** Arguments come from anybody: what looks like a secret is masked, and long texts are cut. */
function harmless(value: unknown): unknown {
  const text = JSON.stringify(value, (key, inner: unknown) => {
    if (key && SECRET_KEY.test(key)) return '***';
    return typeof inner === 'string' ? maskSecrets(cleanText(inner, 500)) : inner;
  });
  return text.length <= 10_000 ? JSON.parse(text) : `${text.slice(0, 10_000)}…`;
}
