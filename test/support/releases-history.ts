import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import type { Release } from './releases-release.ts';
import type { Stage } from './releases-stage.ts';
import { recordHistory } from './workflow-history.ts';

async function withHandle<T>(
  { sandbox }: Stage,
  { id, runId }: Release,
  work: (handle: WorkflowHandle) => Promise<T>,
): Promise<T> {
  const connection = await Connection.connect({ address: sandbox.temporalAddress });
  try {
    return await work(new Client({ connection }).workflow.getHandle(id, runId));
  } finally {
    await connection.close();
  }
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
