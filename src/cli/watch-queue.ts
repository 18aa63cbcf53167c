import { setTimeout as sleep } from 'node:timers/promises';
import { admitted } from '../commands/access.ts';
import type { CommandContext } from '../commands/command.ts';
import type { Settings } from '../config/schema.ts';
import { SluiceError } from '../domain/errors.ts';
import { exitOfSignal, RELEASE_EXITS } from '../domain/release/exit-code.ts';
import { queueList } from '../toolsets/release-queue/queue-list.ts';
import type { QueueRow } from '../toolsets/release-queue/queue-output.ts';
import { currentCaller } from './caller.ts';
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
  const caller = await currentCaller(deps, settings);
  const services = await deps.open(settings);
  const given = { ...services, caller, signal: deps.io.stopped, progress: () => Promise.resolve() };
  try {
    return await watched(deps, await admitted(queueList, given, { ...queued }), queued, { timeoutMs, format });
  } finally {
    await services.close();
  }
}

/** Where a start stands. `gone`: it has left the queue without a run. */
type Place =
  | { readonly is: 'waiting' | 'gone'; readonly line: string }
  | { readonly is: 'started'; readonly runId: string };

const waiting = (line: string): Place => ({ is: 'waiting', line });

async function watched(
  { io }: CliDeps,
  context: CommandContext,
  queued: Queued,
  { timeoutMs, format }: { readonly timeoutMs: number; readonly format: Format },
): Promise<Turn> {
  const { signal } = context;
  const end = Date.now() + timeoutMs;
  let shown = '';
  while (!signal.aborted && Date.now() < end) {
    const place = await read(context, queued);
    if (place.is === 'started') return { runId: place.runId };
    const toOutput = format === 'text' && place.is === 'waiting';
    if (place.line !== shown) io[toOutput ? 'out' : 'err']((shown = place.line));
    if (place.is === 'gone') return { exit: RELEASE_EXITS.refused.exit };
    await sleep(Math.min(EVERY_MS, end - Date.now()), undefined, { signal }).catch(() => undefined);
  }
  io.err(`${signal.aborted ? 'The command was interrupted.' : `${timeoutMs / 1000} s are over.`} ${STILL_WAITS}`);
  return { exit: signal.aborted ? exitOfSignal(signal.reason) : RELEASE_EXITS.open.exit };
}

const STILL_WAITS =
  'The release still waits. `sluice release-queue list` shows it, `sluice release-queue remove` takes it out.';

/** A queue that does not answer is asked again. */
async function read(context: CommandContext, { release_id, request_id }: Queued): Promise<Place> {
  try {
    const [row] = (await queueList.run(context, { release_id })).queues;
    return row ? placeIn(row, request_id) : waiting('The queue is not there yet.');
  } catch (error) {
    if (!(error instanceof SluiceError) || (error.code !== 'NO_ANSWER' && error.code !== 'TEMPORAL_UNREACHABLE'))
      throw error;
    return waiting(`${error.message} This command goes on and asks again every second.`);
  }
}

function placeIn({ waiting: entries, left, detail }: QueueRow, request: string): Place {
  const gone = left.find((one) => one.request_id === request);
  if (gone?.run_id !== undefined) return { is: 'started', runId: gone.run_id };
  if (gone) return { is: 'gone', line: `The release was ${gone.outcome}: ${gone.reason}.` };
  const own = entries.find((one) => one.request_id === request);
  return waiting(
    own ? `Position ${own.position} of ${entries.length}. ${detail}` : 'The queue has not placed the release yet.',
  );
}
