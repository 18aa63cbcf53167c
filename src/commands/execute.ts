import { randomUUID } from 'node:crypto';
import { recordOf, type Caller } from '../domain/access/caller.ts';
import type { AuditConfirmation, AuditEntry, AuditTrail } from '../domain/audit.ts';
import { SluiceError } from '../domain/errors.ts';
import { cleanText } from '../domain/safe-text.ts';
import { withNotedWrites } from '../ports/call-writes.ts';
import { asCaller } from './as-caller.ts';
import type { Command, CommandContext, Confirmation } from './command.ts';
import { declined } from './confirm.ts';
import { admitted } from './access.ts';
import { requireOffered, type Gate } from './gate.ts';
import { redacted } from './redacted.ts';
import { requireSwitchedOn } from './switched.ts';

export type Output = Record<string, unknown>;

/** A person's answer, and how it was given. */
export interface Confirmed {
  readonly yes: boolean;
  readonly how: AuditConfirmation['how'];
}

export interface Execution {
  readonly command: Command;
  readonly raw: unknown;
  readonly context: CommandContext;
  readonly gate: Gate;
  readonly audit: AuditTrail;
  /**
   * Asks a person, if the interface can. Then only the person's answer confirms, and the argument `confirm` is ignored.
   * If absent, the argument confirms. May throw `Asked`.
   */
  readonly ask?: (question: Confirmation) => Promise<Confirmed>;
}

/** Thrown by `ask` when the answer will come with a further call. Nothing was done and nothing failed. */
export class Asked<T = unknown> extends Error {
  readonly question: T;
  constructor(question: T) {
    super('asked');
    this.question = question;
  }
}

/** The common fields of the audit log's lines of one call. */
interface Line {
  readonly call: string;
  readonly started: number;
  confirmed?: AuditConfirmation;
}

/**
 * The steps of every call at every interface: the gate, validation, access, confirmation, the command, the audit log.
 * Errors: SluiceError, which lists earlier writes of the call, and Asked.
 */
export async function execute(call: Execution): Promise<Output> {
  const line: Line = { call: randomUUID().slice(0, 8), started: Date.now() };
  try {
    const output = await withNotedWrites(() => run(call, line));
    await call.audit.record(entryOf(call, line, 'ok', effectOf(output)));
    return output;
  } catch (error) {
    await call.audit.record(entryOf(call, line, ...outcomeOf(error)));
    throw error;
  }
}

async function run(call: Execution, line: Line): Promise<Output> {
  const { command, raw, gate } = call;
  const given = { ...call.context, readOnly: !gate.allowWrite };
  requireSwitchedOn(command, given.settings);
  requireOffered(command, gate);
  const input = command.check(raw ?? {}, given.settings);
  return asCaller(given, () => carryOut(call, given, input, line));
}

async function carryOut(
  call: Execution,
  given: CommandContext,
  input: Record<string, unknown>,
  line: Line,
): Promise<Output> {
  const { command, audit } = call;
  const context = await admitted(command, given, input);
  if (command.kind === 'read') return command.run(context, input);
  await audit.ready();
  const agreed = await confirmed({ ...call, context }, input, line);
  await audit.begin(entryOf(call, line, 'begun'));
  return command.run(context, agreed);
}

/** The input with the valid confirmation. Errors: CONFIRMATION_DECLINED. */
async function confirmed(
  { command, context, ask }: Execution,
  input: Record<string, unknown>,
  line: Line,
): Promise<Record<string, unknown>> {
  if (!ask) {
    if (input['confirm'] !== undefined) line.confirmed = { by: context.caller.id, how: 'argument' };
    return input;
  }
  const { confirm: _, ...bare } = input;
  const needed = await command.confirmation?.(context, bare);
  if (!needed) return bare;
  const { yes, how } = await ask(needed);
  if (!yes) throw declined(needed);
  line.confirmed = { by: `the user of ${context.caller.id}`, how };
  return { ...bare, confirm: needed.value };
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

function entryOf({ command, raw, context }: Execution, line: Line, result: string, detail?: string): AuditEntry {
  return {
    at: new Date(line.started).toISOString(),
    call: line.call,
    ...whoOf(context.caller),
    tool: command.name,
    kind: command.kind,
    arguments: redacted(raw ?? {}),
    result,
    ...(line.confirmed ? { confirmed: line.confirmed } : {}),
    ...(detail === undefined ? {} : { detail: redacted(detail) as string }),
    ms: Date.now() - line.started,
  };
}

/** The caller in a line of the audit log. */
export function whoOf(caller: Caller): Pick<AuditEntry, 'who' | 'caller'> {
  const record = recordOf(caller);
  return { who: caller.id, ...(record && { caller: record }) };
}

/** A call that an interface refuses itself is also written to the audit log. */
export async function recordRefused(
  audit: AuditTrail,
  caller: Caller,
  { name, kind }: Command,
  raw: unknown,
  { code, message }: SluiceError,
): Promise<void> {
  await audit.record({
    at: new Date().toISOString(),
    ...whoOf(caller),
    ...{ tool: name, kind, arguments: redacted(raw ?? {}), result: code, detail: message, ms: 0 },
  });
}

/** A call of an unknown tool is also written to the audit log. */
export async function recordUnknown(audit: AuditTrail, caller: Caller, name: string, raw: unknown): Promise<void> {
  await audit.record({
    at: new Date().toISOString(),
    ...whoOf(caller),
    tool: cleanText(name, 80),
    kind: 'unknown',
    arguments: redacted(raw ?? {}),
    result: 'TOOL_NOT_FOUND',
    ms: 0,
  });
}
