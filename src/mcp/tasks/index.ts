import { ProtocolError, ProtocolErrorCode, type Server, type ServerContext } from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { CommandTask, TaskKey, TaskState, ToolCall } from '../../commands/command-task.ts';
import type { Command, CommandContext } from '../../commands/command.ts';
import { execute, type Output } from '../../commands/execute.ts';
import { toFailure } from '../../contract/failure.ts';
import type { Caller } from '../../domain/access/caller.ts';
import { SluiceError } from '../../domain/errors.ts';
import type { Offer } from '../offer.ts';
import { openTask, taskId } from './handle.ts';

/** The extension of tasks in capabilities. Source: MCP SEP-2663, ext-tasks specification of 2026-07-28. */
export const TASKS = 'io.modelcontextprotocol/tasks';
const CAPABILITIES = 'io.modelcontextprotocol/clientCapabilities';
/** Releases change within seconds to minutes. */
const POLL_MS = 2_000;

const params = z.looseObject({ taskId: z.string() });

/** Answers the requests about tasks. `askingFor`: what a request may use. */
export function serveTasks(server: Server, askingFor: (request: ServerContext) => Asking): void {
  server.setRequestHandler('tasks/get', { params }, (given, request) => getTask(askingFor(request), given.taskId));
  server.setRequestHandler('tasks/cancel', { params }, (given, request) =>
    cancelTask(askingFor(request), given.taskId),
  );
  server.setRequestHandler('tasks/update', { params }, (given, request) =>
    updateTask(askingFor(request), given.taskId),
  );
}

/** Whether the client of this request can follow tasks. */
export function followsTasks({ mcpReq }: ServerContext): boolean {
  const envelope = (mcpReq.envelope ?? {}) as Readonly<Record<string, unknown>>;
  const capabilities = envelope[CAPABILITIES] as { extensions?: Record<string, unknown> } | undefined;
  return capabilities?.extensions?.[TASKS] !== undefined;
}

/** The input with which a call does not wait, because the client follows its task. */
export function withoutWaiting({ task }: Command, args: unknown): unknown {
  const input = typeof args === 'object' && args !== null ? (args as Record<string, unknown>) : {};
  return task?.atOnce ? task.atOnce(input) : args;
}

interface Asking {
  readonly offer: Offer;
  readonly context: CommandContext;
}

/**
 * The handle of the work that a call has begun. Undefined if the answer is final already. Nothing is read for it: the
 * work has begun, and an error now would say that it has not.
 */
export function begunTask(command: Command, output: Output, caller: Caller) {
  const key = command.task?.keyOf(output);
  if (key === undefined) return undefined;
  const now = new Date().toISOString();
  const begun = { status: 'working', message: command.text(output), createdAt: now, updatedAt: now } as const;
  return { resultType: 'task' as const, ...shown(taskId({ tool: command.name, key }, caller), begun) };
}

/** Answers `tasks/get`. */
async function getTask(asking: Asking, id: string) {
  const { task, key } = found(asking, id);
  const state = await stateOf(asking, task, key);
  const { result } = state;
  return {
    ...shown(id, state),
    // The answer of tools/call itself, with the type that every result of 2026-07-28 has.
    ...(result && {
      result: {
        resultType: 'complete',
        content: [{ type: 'text', text: result.text }],
        structuredContent: result.output,
      },
    }),
  };
}

/** Answers `tasks/cancel`: that the request was taken. tasks/get tells what became of it. */
async function cancelTask(asking: Asking, id: string): Promise<Record<string, never>> {
  const { task, key } = found(asking, id);
  try {
    if (task.cancel) await call(asking, task.cancel(key));
  } catch (error) {
    // It has ended, or ends already.
    if (!(error instanceof SluiceError && ['RELEASE_CLOSED', 'NOT_WAITING', 'TOO_LATE'].includes(error.code)))
      throw refused(error);
  }
  return {};
}

/** Answers `tasks/update`. A task asks for nothing: what a person decides is decided at an interface with a login. */
function updateTask(asking: Asking, id: string): never {
  found(asking, id);
  throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'The task asks for no input.');
}

function found({ offer, context }: Asking, id: string): { readonly task: CommandTask; readonly key: TaskKey } {
  const handle = openTask(id, context.caller);
  const task = handle && offer.catalogue.find(({ name }) => name === handle.tool)?.task;
  if (!handle || !task)
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'There is no task with this id for this caller.');
  return { task, key: handle.key };
}

async function stateOf(asking: Asking, task: CommandTask, key: TaskKey): Promise<TaskState> {
  try {
    return task.stateOf(await call(asking, task.read(key)), key);
  } catch (error) {
    throw refused(error);
  }
}

function call({ offer: { catalogue, deps }, context }: Asking, { tool, input }: ToolCall): Promise<Output> {
  const command = catalogue.find(({ name }) => name === tool);
  if (!command) throw new ProtocolError(ProtocolErrorCode.InvalidParams, `The server does not offer ${tool}.`);
  return execute({ command, raw: input, context, gate: deps.gate, audit: deps.audit });
}

function refused(error: unknown): unknown {
  if (error instanceof ProtocolError) return error;
  const failure = toFailure(error);
  return new ProtocolError(ProtocolErrorCode.InternalError, `${failure.code}: ${failure.message}`, failure);
}

/** The fields that every answer about a task has. It is there as long as its work is: `ttlMs` null. */
const shown = (id: string, { status, message, createdAt, updatedAt }: TaskState) => ({
  taskId: id,
  status,
  statusMessage: message,
  createdAt,
  lastUpdatedAt: updatedAt,
  ttlMs: null,
  pollIntervalMs: POLL_MS,
});
