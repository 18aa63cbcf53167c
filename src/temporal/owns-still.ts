import { parseReleaseId, type Owner } from '../domain/release/target.ts';
import type { Ownership } from './gateway.ts';
import type { Releases } from './release-type.ts';
import { isOpen } from './run.ts';

/**
 * See ReleaseGateway.owns. A mark names the first run of a chain, so it stays valid across resets and continue-as-new.
 * Marks of earlier versions name the run that wrote them.
 */
export async function ownsStill(releases: Releases, { releaseId, runId }: Owner): Promise<Ownership> {
  if (!parseReleaseId(releaseId)) return 'unknown';
  const run = await releases.describe(releaseId);
  if (!run) return 'unknown';
  if (!isOpen(run)) return 'ended';
  if (run.firstRunId !== runId && run.runId !== runId) {
    const named = await releases.describe(releaseId, undefined, runId);
    if (!named || named.firstRunId !== run.firstRunId) return 'ended';
  }
  return run.status === 'PAUSED' ? 'held' : 'open';
}
