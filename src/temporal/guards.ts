import { randomUUID } from 'node:crypto';
import { commandSignals, commandUpdates, getGuard, GUARD_WORKFLOW } from '../../workflows/messages.ts';
import { SluiceError } from '../domain/errors.ts';
import type { Command, CommandOutcome } from '../domain/release/command.ts';
import { GUARD_COMMANDS, isGuardEnd, type GuardCommandName, type GuardView } from '../domain/release/guard.ts';
import { guardId, parseReleaseId } from '../domain/release/target.ts';
import type { TemporalLink } from './connection.ts';
import { isMissing, undeliverable, toSluiceError } from './failure.ts';
import type { KnownGuard, ReleaseSummary } from './gateway.ts';
import { isOpen, type Run } from './run.ts';
import { ATTRIBUTES } from './search-attributes.ts';
import type { WorkflowType, Workflows } from './workflows.ts';

export const GUARD: WorkflowType<GuardView> = { name: GUARD_WORKFLOW, query: getGuard };
export type Guards = Workflows<GuardView>;

const DESCRIBE_MS = 1_200;
const QUERY_MS = 1_200;
const ACCEPT_MS = 2_200;
const SIGNAL_MS = 800;
/** Maximum number of guards that are read for one list. */
const MAX_LISTED = 1_000;

/** See ReleaseGateway.guard. */
export async function guardOf(guards: Guards, id: string): Promise<KnownGuard | undefined> {
  const target = parseReleaseId(id);
  const run = target && (await guards.describe(guardId(target), DESCRIBE_MS));
  if (!run) return undefined;
  const base = { id: run.workflowId, open: isOpen(run), releaseRunId: releaseRunOf(run.memo) };
  const view = await guards.query(run.workflowId, QUERY_MS, run.runId).catch(() => undefined);
  if (view && (base.open || view.closedAt !== undefined))
    return { ...base, state: view.state, reason: view.reason, view };
  return { ...base, ...withoutWorker(run) };
}

function releaseRunOf(memo: Run['memo']): string {
  const runId = memo?.['release_run_id'];
  return typeof runId === 'string' ? runId : '';
}

/** The state in Temporal's own record. A run that was ended from outside never wrote its end. */
function withoutWorker(run: Run): Pick<KnownGuard, 'state' | 'reason'> {
  const state = run.typedSearchAttributes.get(ATTRIBUTES.state) ?? 'guarding';
  if (isOpen(run)) return { state, reason: 'No worker answers for the guard.' };
  if (isGuardEnd(state as GuardView['state'])) return { state, reason: 'No worker answers for its reason.' };
  return { state: 'ended-outside', reason: `Temporal says ${run.status}. Nobody watches the version any more.` };
}

/** The state of each open guard, by the run of the release that it belongs to. */
export async function withGuards(
  guards: Guards,
  releases: readonly ReleaseSummary[],
): Promise<readonly ReleaseSummary[]> {
  if (!releases.some(({ state }) => state === 'succeeded')) return releases;
  const states = new Map<string, string>();
  await guards.list([`ExecutionStatus = 'Running'`], ({ memo, typedSearchAttributes }) => {
    states.set(releaseRunOf(memo), typedSearchAttributes.get(ATTRIBUTES.state) ?? 'guarding');
    return states.size < MAX_LISTED;
  });
  return releases.map((one) => {
    const guard = states.get(one.runId);
    return guard === undefined ? one : { ...one, guard };
  });
}

/**
 * Gives an answer for a release that has ended to the guard of its target. Undefined: no guard asks for this answer. An
 * abort that came too late for its release is none: release_rollback goes back then. Errors: those of
 * ReleaseGateway.command.
 */
export async function sendToGuard(
  link: TemporalLink,
  guards: Guards,
  id: string,
  { name, ...command }: Command,
  waitMs: number,
): Promise<CommandOutcome | undefined> {
  const target = parseReleaseId(id);
  if (!target || !isGuardCommand(name)) return undefined;
  const guard = await guardOf(guards, id);
  if (!guard?.open || guard.state !== 'waiting-for-decision') return undefined;
  const message = {
    requestId: command.requestId,
    who: command.who,
    ...(command.why !== undefined && { why: command.why }),
    ...(command.sender && { sender: command.sender }),
  };
  const accepted = (detail: string): CommandOutcome => ({
    requestId: command.requestId,
    command: name,
    outcome: 'accepted',
    detail,
    duplicate: false,
  });
  try {
    const done = await guards.update<CommandOutcome, [typeof message]>(guardId(target), commandUpdates[name], {
      args: [message],
      updateId: `${command.requestId}/${randomUUID()}`,
      acceptMs: ACCEPT_MS,
      resultMs: waitMs,
    });
    return done?.result ?? accepted('The guard took the command; its effect is under way.');
  } catch (error) {
    if (isMissing(error)) return undefined;
    if (!undeliverable(error)) throw toSluiceError(error, (await link.settings()).address);
    await guards.signal(guardId(target), commandSignals[name], [message], SIGNAL_MS);
    return accepted('It is kept in the guard as a signal and is decided on when a worker runs.');
  }
}

function isGuardCommand(name: Command['name']): name is GuardCommandName {
  return (GUARD_COMMANDS as readonly string[]).includes(name);
}

export function isClosedError(error: unknown): boolean {
  return error instanceof SluiceError && error.code === 'RELEASE_CLOSED';
}
