import type { WorkflowExecutionInfo } from '@temporalio/client';
import { isClosed } from '../domain/release/state.ts';
import type { ReleaseFilter, ReleaseSummary } from './gateway.ts';
import type { Releases } from './release-type.ts';
import { clausesOf, matches, toSummary } from './visibility.ts';

/** Maximum number of runs that are read for a filter that the server cannot apply. */
const MAX_READ = 10_000;

/** See ReleaseGateway.list. Newest first, as the server orders them. A release that was reset is listed once. */
export async function listReleases(releases: Releases, filter: ReleaseFilter): Promise<readonly ReleaseSummary[]> {
  for (let limit = filter.limit; ; ) {
    const runs = await read(releases, { ...filter, limit });
    const continued = await Promise.all(runs.map((info) => isContinued(releases, info)));
    const kept = runs.filter((_, index) => !continued[index]);
    if (kept.length >= filter.limit || runs.length < limit) return kept.slice(0, filter.limit).map(toSummary);
    limit += runs.length - kept.length;
  }
}

async function read(releases: Releases, filter: ReleaseFilter): Promise<readonly WorkflowExecutionInfo[]> {
  const found: WorkflowExecutionInfo[] = [];
  let seen = 0;
  await releases.list(clausesOf(filter), (info) => {
    if (matches(filter, info.workflowId)) found.push(info);
    seen += 1;
    return found.length < filter.limit && seen < MAX_READ;
  });
  return found;
}

/** Whether a reset made another run of this one. Temporal calls it terminated then. Only its record names the other. */
async function isContinued(releases: Releases, info: WorkflowExecutionInfo): Promise<boolean> {
  if (info.status.name !== 'TERMINATED' || isClosed(toSummary(info).state)) return false;
  return (await releases.describe(info.workflowId, undefined, info.runId))?.resetRunId !== undefined;
}
