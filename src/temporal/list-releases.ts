import type { ReleaseFilter, ReleaseSummary } from './gateway.ts';
import type { Releases } from './release-type.ts';
import { clausesOf, matches, toSummary } from './visibility.ts';

/** Maximum number of runs that are read for a filter that the server cannot apply. */
const MAX_READ = 10_000;

/** See ReleaseGateway.list. Newest first, as the server orders them. */
export async function listReleases(releases: Releases, filter: ReleaseFilter): Promise<readonly ReleaseSummary[]> {
  const found: ReleaseSummary[] = [];
  let read = 0;
  await releases.list(clausesOf(filter), (info) => {
    if (matches(filter, info.workflowId)) found.push(toSummary(info));
    read += 1;
    return found.length < filter.limit && read < MAX_READ;
  });
  return found;
}
