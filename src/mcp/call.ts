import {
  ProtocolError,
  ProtocolErrorCode,
  type CallToolResult,
  type InputRequiredResult,
  type ServerContext,
} from '@modelcontextprotocol/server';
import type { Command, Confirmation } from '../commands/command.ts';
import { Asked, execute, recordUnknown } from '../commands/execute.ts';
import { redacted } from '../commands/redacted.ts';
import { offered } from '../commands/gate.ts';
import { suggestCommand } from '../commands/suggest.ts';
import { failureText, toFailure } from '../contract/failure.ts';
import { SluiceError } from '../domain/errors.ts';
import { cleanText } from '../domain/safe-text.ts';
import { inSpan, type SpanOptions } from '../observability/tracing/spans.ts';
import { callerOf, canElicit, type Session } from './caller.ts';
import { askPerson } from './confirmation.ts';
import { contextOf } from './context.ts';
import type { Offer } from './offer.ts';
import { begunTask, followsTasks, withoutWaiting } from './tasks/index.ts';

interface Call {
  readonly offer: Offer;
  /** The tools that find and add other tools. */
  readonly discovery: readonly Command[];
  readonly request: ServerContext;
  readonly session: Session;
  /**
   * True for 2026-07-28 clients. Clients of 2025 check structured content against the output schema even when it is an
   * error.
   */
  readonly modern: boolean;
}

/** Answers `tools/call`. Every failure except an unknown tool is a result with `isError`. */
export async function callTool(call: Call, name: string, args: unknown): Promise<CallToolResult | InputRequiredResult> {
  const command = await find(call, name, args);
  const started = Date.now();
  try {
    const result = await inSpan(`tools/call ${command.name}`, spanOf(call, command), () => run(call, command, args));
    log(call, name, args, started);
    return result;
  } catch (error) {
    log(call, name, args, started, error);
    return errorResult(error, call.modern);
  }
}

/**
 * Attributes of the semantic conventions for MCP. The message is a nearer cause than its transport, because a
 * connection carries many (SEP-414: the fields of W3C Trace Context in `_meta`).
 */
function spanOf({ request }: Call, { name }: Command): SpanOptions {
  const { traceparent, tracestate } = (request.mcpReq._meta ?? {}) as Readonly<Record<string, unknown>>;
  const from = typeof traceparent === 'string' ? { traceparent } : undefined;
  const attributes = {
    'mcp.method.name': 'tools/call',
    'gen_ai.operation.name': 'execute_tool',
    'gen_ai.tool.name': name,
  };
  return { kind: 'server', attributes, from: from && typeof tracestate === 'string' ? { ...from, tracestate } : from };
}

async function find({ offer, discovery, request, session }: Call, name: string, args: unknown): Promise<Command> {
  const { catalogue, deps } = offer;
  const { gate, audit } = deps;
  const command = [...discovery, ...catalogue].find((known) => known.name === name);
  if (command) return command;
  await recordUnknown(audit, callerOf(request, session), name, args);
  const near = suggestCommand(name, offered(catalogue, gate))?.name;
  throw new ProtocolError(
    ProtocolErrorCode.InvalidParams,
    `Unknown tool ${cleanText(name, 80)}${near ? `; did you mean ${near}?` : ''}`,
  );
}

async function run(
  { offer, request, session, modern }: Call,
  command: Command,
  args: unknown,
): Promise<CallToolResult | InputRequiredResult> {
  const { deps } = offer;
  const { gate, audit } = deps;
  const context = contextOf(deps.services, request, session);
  const ask = canElicit(request, session)
    ? (needed: Confirmation) => askPerson(needed, { request, tool: command.name, arguments: args })
    : undefined;
  try {
    const follows = modern && command.task !== undefined && followsTasks(request);
    const raw = follows ? withoutWaiting(command, args) : args;
    const output = await execute({ command, raw, context, gate, audit, ...(ask ? { ask } : {}) });
    const task = follows ? begunTask(command, output, context.caller) : undefined;
    if (task) return task as unknown as InputRequiredResult;
    return { content: [{ type: 'text', text: command.text(output) }], structuredContent: output };
  } catch (error) {
    if (error instanceof Asked) return error.question as InputRequiredResult;
    throw error;
  }
}

function errorResult(error: unknown, modern: boolean): CallToolResult {
  const failure = toFailure(error);
  return {
    isError: true,
    content: [{ type: 'text', text: failureText(failure) }],
    ...(modern ? { structuredContent: { ...failure } } : {}),
    _meta: { 'sluice/error': failure },
  };
}

function log(
  { offer: { deps }, request, session }: Call,
  tool: string,
  args: unknown,
  started: number,
  error?: unknown,
): void {
  const fields = {
    tool,
    caller: callerOf(request, session).id,
    ms: Date.now() - started,
    ...(deps.debug ? { args: redacted(args ?? {}) } : {}),
  };
  if (error === undefined) deps.log.info(fields, 'MCP call');
  else if (error instanceof SluiceError)
    deps.log.warn({ ...fields, code: error.code, error: error.message }, 'MCP call refused');
  else deps.log.error({ ...fields, err: error }, 'MCP call failed');
}
