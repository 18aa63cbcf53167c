import { getRelease as getQuery } from '../../workflows/messages.ts';
import type { SluiceError } from '../domain/errors.ts';
import type { ReleaseView } from '../domain/release/view.ts';
import type { TemporalLink } from './connection.ts';
import { describeRelease, notFound } from './describe-release.ts';
import { isMissing, isTimeout, isWithoutWorker, toSluiceError } from './failure.ts';
import { noAnswer } from './pollers.ts';
import { toSummary } from './visibility.ts';

/** Leaves room, within five seconds, for what can be told without a worker. */
const QUERY_MS = 2500;

/** See ReleaseGateway.get. Works for closed releases too, as long as Temporal keeps them. */
export async function getRelease(
  link: TemporalLink,
  taskQueue: string,
  id: string,
  runId?: string,
): Promise<ReleaseView> {
  try {
    return await link.raw((client) => client.workflow.getHandle(id, runId).query(getQuery), QUERY_MS);
  } catch (error) {
    const { address } = await link.settings();
    if (isMissing(error)) throw notFound(id);
    if (!isTimeout(error) && !isWithoutWorker(error)) throw toSluiceError(error, address);
    throw await withoutWorker(link, taskQueue, id);
  }
}

/** Only a worker knows the whole state; what Temporal's own record says is told with the error. */
async function withoutWorker(link: TemporalLink, taskQueue: string, id: string): Promise<SluiceError> {
  const run = await describeRelease(link, id, 1200);
  if (!run) return notFound(id);
  const { state, version, startedBy, closedAt } = toSummary(run);
  const ended = closedAt === undefined ? 'runs' : 'has ended';
  const about = `The release ${id} ${ended}; Temporal's record says ${state}, version ${version}, started by ${startedBy}. Its details need a worker.`;
  return noAnswer(link, taskQueue, about, { release_id: id, state, version, started_by: startedBy });
}
