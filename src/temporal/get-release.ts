import { SluiceError } from '../domain/errors.ts';
import { heldText, trueView, type RunFacts } from '../domain/release/run-facts.ts';
import type { ReleaseView } from '../domain/release/view.ts';
import type { TemporalLink } from './connection.ts';
import { failedWith, isMissing, undeliverable, toSluiceError } from './failure.ts';
import { noAnswer } from './pollers.ts';
import { notFound, type Releases } from './release-type.ts';
import { isOpen, type Run } from './run.ts';
import { toSummary } from './visibility.ts';

/** Short enough to leave time, within five seconds, for the answer that needs no worker. */
const QUERY_MS = 2500;

/**
 * See ReleaseGateway.get. It also works for closed releases, as long as Temporal stores them. The query of a run that
 * was ended from outside returns its last view. Temporal's record shows that it has ended.
 */
export async function getRelease(
  link: TemporalLink,
  releases: Releases,
  taskQueue: string,
  id: string,
  runId?: string,
): Promise<ReleaseView> {
  const [view, run] = await Promise.allSettled([
    releases.query(id, QUERY_MS, runId),
    releases.describe(id, QUERY_MS, runId),
  ]);
  if (run.status === 'rejected') throw run.reason;
  if (!run.value) throw notFound(id);
  // After a reset and after continue-as-new the release goes on in another run, under the same id at every interface.
  const next = await nextRun(releases, run.value);
  if (next !== undefined && next !== runId) return getRelease(link, releases, taskQueue, id, next);
  if (view.status === 'fulfilled') return trueView(view.value, factsOf(run.value));
  throw await whyNot(link, releases, taskQueue, run.value, view.reason as unknown);
}

/** The run in which the release of this one goes on. Undefined if this one is the last. */
async function nextRun(releases: Releases, run: Run): Promise<string | undefined> {
  if (run.resetRunId !== undefined) return run.resetRunId;
  if (run.status !== 'CONTINUED_AS_NEW') return undefined;
  const latest = await releases.describe(run.workflowId, QUERY_MS);
  return latest?.firstRunId === run.firstRunId
    ? latest.runId
    : releases.continuedIn(run.workflowId, run.runId, QUERY_MS);
}

export function factsOf(run: Run): RunFacts {
  if (!isOpen(run))
    return { status: 'ended', how: run.status, ...(run.closeTime && { endedAt: run.closeTime.getTime() }) };
  const { paused, pausedActivities } = run;
  if (run.status !== 'PAUSED') return { status: 'running', pausedActivities };
  return { status: 'paused', pausedActivities, ...(paused && { pausedBy: paused.by, pauseReason: paused.reason }) };
}

async function whyNot(
  link: TemporalLink,
  releases: Releases,
  taskQueue: string,
  run: Run,
  error: unknown,
): Promise<unknown> {
  if (isMissing(error)) return notFound(run.workflowId);
  if (run.status === 'PAUSED') return held(run, factsOf(run));
  const stuck = await stuckFacts(releases, run);
  if (stuck) return held(run, stuck);
  // A run that failed before its first answer failed because of its input.
  if (run.status === 'FAILED') {
    const ending = failedWith(await releases.failureOf(run.workflowId, 1200).catch((failed: unknown) => failed));
    if (ending) return ending;
  }
  if (undeliverable(error) === undefined) return toSluiceError(error, (await link.settings()).address);
  return withoutWorker(link, taskQueue, run);
}

/** Queries of a paused or stuck run get no answer. Its journal still has the release. */
function held(run: Run, facts: RunFacts): SluiceError {
  return new SluiceError('RELEASE_HELD', heldText(facts), {
    ...(facts.status === 'stuck' && { next: RESET }),
    details: { release_id: run.workflowId, run_id: run.firstRunId, run: facts },
  });
}

const RESET =
  'Start workers of the version that began the release. If that does not help, reset the run to the task before (temporal workflow reset --type LastWorkflowTask).';

/** One or two failures may be a worker that was stopped meanwhile. Temporal tries again by itself. */
const TRIED_OFTEN = 3;

/** Undefined if workers do not fail at the workflow task of the run. */
export async function stuckFacts(
  releases: Releases,
  { workflowId, runId, taskAttempts }: Run,
): Promise<RunFacts | undefined> {
  if (taskAttempts < TRIED_OFTEN) return undefined;
  const failure = await releases.taskFailure(workflowId, runId, 1200).catch(() => undefined);
  return failure === undefined ? undefined : { status: 'stuck', failure };
}

/** Only a worker has the whole state. The error contains the facts of Temporal's own record. */
async function withoutWorker(link: TemporalLink, taskQueue: string, run: Run): Promise<SluiceError> {
  const { id, state, version, startedBy, closedAt } = toSummary(run);
  const ended = closedAt === undefined ? 'runs' : 'has ended';
  // A release that another client has started may have no memo.
  const known = [state, version && `version ${version}`, startedBy && `started by ${startedBy}`].filter(Boolean);
  const about = `The release ${id} ${ended}; Temporal's record says ${known.join(', ')}. Its details need a worker.`;
  const facts = isOpen(run) ? {} : { run_id: run.firstRunId, run: factsOf(run) };
  const details = { release_id: id, state, version, started_by: startedBy, ...facts };
  return noAnswer(link, taskQueue, about, details, run.build);
}
