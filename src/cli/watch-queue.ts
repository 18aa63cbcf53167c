import { setTimeout as sleep } from 'node:timers/promises';
import { admitted } from '../commands/access.ts';
import type { CommandContext } from '../commands/command.ts';
import type { Settings } from '../config/schema.ts';
import { SluiceError } from '../domain/errors.ts';
import { exitOfSignal, RELEASE_EXITS } from '../domain/release/exit-code.ts';
import { queueList } from '../toolsets/release-queue/queue-list.ts';
import type { QueueRow } from '../toolsets/release-queue/queue-output.ts';
import { callerOf } from './caller.ts';
import type { CliDeps } from './deps.ts';
import type { Format } from './format.ts';

const EVERY_MS = 1_000;

export interface Queued {
  readonly release_id: string;
  readonly request_id: string;
}

/** The run that the queue has started, or the exit code of a release that it did not start. */
export type Turn = { readonly runId: string } | { readonly exit: number };

/** Waits until the queue has started a release, it has left the queue, the time is over, or a signal comes. */
export async function untilStarted(
  deps: CliDeps,
  settings: Settings,
  queued: Queued,
  { timeoutMs = Infinity, format }: { readonly timeoutMs?: number | undefined; readonly format: Format },
): Promise<Turn> {
  const services = await deps.open(settings);
  const given = { ...services, caller: callerOf(deps), signal: deps.io.stopped, progress: () => Promise.resolve() };
  try {
    return await watched(deps, await admitted(queueList, given, { ...queued }), queued, { timeoutMs, format });
  } finally {
    await services.close();
  }
}

async function watched(
  { io }: CliDeps,
  context: CommandContext,
  { release_id, request_id: request }: Queued,
  { timeoutMs, format }: { readonly timeoutMs: number; readonly format: Format },
): Promise<Turn> {
  const end = Date.now() + timeoutMs;
  let shown = '';
  while (!context.signal.aborted && Date.now() < end) {
    const text = await read(context, release_id, request);
    if (typeof text !== 'string' && 'runId' in text) return text;
    const line = typeof text === 'string' ? text : text.line;
    if (line !== shown) io[format === 'text' && typeof text === 'string' ? 'out' : 'err']((shown = line));
    if (typeof text !== 'string') return { exit: RELEASE_EXITS.refused.exit };
    await sleep(Math.min(EVERY_MS, end - Date.now()), undefined, { signal: context.signal }).catch(() => undefined);
  }
  io.err(
    `${context.signal.aborted ? 'The command was interrupted.' : `${timeoutMs / 1000} s are over.`} The release still waits. \`sluice release-queue list\` shows it, \`sluice release-queue remove\` takes it out.`,
  );
  return { exit: context.signal.aborted ? exitOfSignal(context.signal.reason) : RELEASE_EXITS.open.exit };
}

/** A line while it waits, or how it left the queue. A queue that does not answer is asked again. */
async function read(
  context: CommandContext,
  id: string,
  request: string,
): Promise<string | { readonly runId: string } | { readonly line: string }> {
  try {
    const [row] = (await queueList.run(context, { release_id: id })).queues;
    return row ? stateOf(row, request) : 'The queue is not there yet.';
  } catch (error) {
    if (!(error instanceof SluiceError) || (error.code !== 'NO_ANSWER' && error.code !== 'TEMPORAL_UNREACHABLE'))
      throw error;
    return `${error.message} This command goes on and asks again every second.`;
  }
}

function stateOf({ waiting, left, detail }: QueueRow, request: string) {
  const gone = left.find((one) => one.request_id === request);
  if (gone?.run_id !== undefined) return { runId: gone.run_id };
  if (gone) return { line: `The release was ${gone.outcome}: ${gone.reason}.` };
  const own = waiting.find((one) => one.request_id === request);
  if (!own) return 'The queue has not placed the release yet.';
  return `Position ${own.position} of ${waiting.length}. ${detail}`;
}
