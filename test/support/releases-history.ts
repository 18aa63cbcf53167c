import type { WorkflowHandle } from '@temporalio/client';
import { withTemporal } from './releases-operator.ts';
import type { Release } from './releases-release.ts';
import type { Stage } from './releases-stage.ts';
import { recordHistory } from './workflow-history.ts';

function withHandle<T>(stage: Stage, { id, runId }: Release, work: (handle: WorkflowHandle) => Promise<T>): Promise<T> {
  return withTemporal(stage, (client) => work(client.workflow.getHandle(id, runId)));
}

/** Number of events that Temporal has for the release. */
export async function eventCount(stage: Stage, release: Release): Promise<number> {
  return withHandle(stage, release, async (handle) => (await handle.fetchHistory()).events?.length ?? 0);
}

/** Stores the history of the stage's last release for the replay tests, when recording is on. */
export async function record(stage: Stage, name: string): Promise<void> {
  if (process.env['SLUICE_RECORD_HISTORIES'] && stage.release)
    await withHandle(stage, stage.release, (handle) => recordHistory(name, handle));
}
