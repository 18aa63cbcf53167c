import {
  allHandlersFinished,
  CancellationScope,
  condition,
  makeContinueAsNewFunc,
  workflowInfo,
} from '@temporalio/workflow';
import type { Position } from '../src/domain/release/continued.ts';
import type { StopCause } from '../src/domain/release/stop.ts';
import { nearLimit } from '../src/domain/release/run-limits.ts';
import { chainOf } from '../src/domain/release/target.ts';
import { carried } from './carried.ts';
import { CHAIN_MEMO, STARTED_MEMO, type ReleaseInput } from './messages.ts';
import { has } from './patches.ts';
import type { ReleaseRun } from './release-run.ts';

/** Ends the present run: the release continues in the next one. Only workflows/release.ts catches it. */
export class RunLeft extends Error {
  /** Must be called after everything that the run was doing has ended. */
  readonly position: () => Position;

  constructor(position: () => Position) {
    super('the release continues in another run');
    this.position = position;
  }
}

/** Where this run begins. Undefined: at the beginning of the release. */
export function beginning({ input }: ReleaseRun): Position | undefined {
  return input.continues && !wasReset() ? input.continues.position : undefined;
}

/**
 * A run that was reset to its first task begins long after the state with which it was started. A run that was reset to
 * a later task replays its beginning, where it was not reset yet.
 */
export function wasReset(): boolean {
  const { runId, originalExecutionRunId } = workflowInfo();
  return runId !== originalExecutionRunId && has('begins-anew');
}

/** The waits of a held release, and one more: it ends them when the run nears a limit and no command waits. */
export function untilLeft<T>(run: ReleaseRun, position: () => Position, waits: readonly Promise<T>[]): Promise<T>[] {
  return run.continuable ? [...waits, leftWhenDue(run, position)] : [...waits];
}

async function leftWhenDue(run: ReleaseRun, position: () => Position): Promise<never> {
  await condition(() => mustLeave(run) && isQuiet(run));
  await run.outbox.drain();
  await condition(() => isQuiet(run));
  return leave(run, position);
}

/** Whether the run nears a limit and may continue as new. */
export function mustLeave(run: ReleaseRun): boolean {
  return run.continuable && dueReason(run) !== undefined;
}

/** Between two tries of the rollback, the commands that wait for its end are answered and the run ends. */
export async function leaveRollback(run: ReleaseRun, cause: StopCause): Promise<never> {
  run.leaving = true;
  await condition(allHandlersFinished);
  await run.outbox.drain();
  return leave(run, () => ({ at: 'back', cause }));
}

function leave(run: ReleaseRun, position: () => Position): never {
  run.clock.keep(true);
  throw new RunLeft(position);
}

/** Continues as new. Returns the position at which this run goes on itself, if a command has arrived meanwhile. */
export async function continueRun(run: ReleaseRun, left: RunLeft): Promise<Position> {
  const position = left.position();
  if (isQuiet(run, position)) await continueAsNew(run, position);
  run.leaving = false;
  run.clock.keep(false);
  return position;
}

async function continueAsNew(run: ReleaseRun, position: Position): Promise<never> {
  const { historyLength, memo } = workflowInfo();
  run.note(
    `the run nears a limit of Temporal (${dueReason(run) ?? `${historyLength} events`}); the next run continues`,
  );
  const next = makeContinueAsNewFunc<(input: ReleaseInput) => Promise<unknown>>({
    memo: { ...memo, [CHAIN_MEMO]: chainOf(run.owner), [STARTED_MEMO]: run.startedAt },
  });
  return next({ ...run.input, continues: carried(run, position) });
}

/** Nobody waits for an answer of this run. A forward position must not carry a stop. */
function isQuiet(run: ReleaseRun, position?: Position): boolean {
  if (!allHandlersFinished()) return false;
  return position?.at === 'back' || (!run.stop && !CancellationScope.current().consideredCancelled);
}

/** The limit that the run nears. A replay gets the same answer, because Temporal records these values. */
function dueReason({ handled, input }: ReleaseRun): string | undefined {
  const { historyLength: events, historySize: bytes, continueAsNewSuggested: suggested } = workflowInfo();
  return nearLimit({ events, bytes, commands: handled, suggested }, input.continueAtEvents);
}
