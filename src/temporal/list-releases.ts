import type { TemporalLink } from './connection.ts';
import type { ReleaseFilter, ReleaseSummary } from './gateway.ts';
import { matches, queryOf, toSummary } from './visibility.ts';

const PAGE = 200;
/** A filter that the server cannot apply reads at most so many. */
const MOST_READ = 2000;

/** See ReleaseGateway.list. Newest first, as the server orders them. */
export async function listReleases(link: TemporalLink, filter: ReleaseFilter): Promise<readonly ReleaseSummary[]> {
  return link.call(async (client) => {
    const found: ReleaseSummary[] = [];
    let read = 0;
    for await (const info of client.workflow.list({ query: queryOf(filter), pageSize: PAGE })) {
      if (matches(filter, info.workflowId)) found.push(toSummary(info));
      read += 1;
      if (found.length >= filter.limit || read >= MOST_READ) break;
    }
    return found;
  });
}
