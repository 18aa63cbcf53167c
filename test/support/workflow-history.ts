import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';

/** Histories of earlier versions of the workflow. test/replay proves that the current version replays them. */
export const HISTORIES = fileURLToPath(new URL('../replay/histories', import.meta.url));

/** With SLUICE_RECORD_HISTORIES=1 the named release's history is stored for replay. */
export async function recordHistory(name: string, handle: WorkflowHandle): Promise<void> {
  if (process.env['SLUICE_RECORD_HISTORIES'] !== '1') return;
  mkdirSync(HISTORIES, { recursive: true });
  const [history, { runId }] = await Promise.all([handle.fetchHistory(), handle.describe()]);
  const text = JSON.stringify(JSON.parse(historyToJSON(history), withoutPlace), asRun(runId));
  writeFileSync(`${HISTORIES}/${name}.json`, `${text}\n`);
}

/** A replay takes its run id from the first event. After a reset this event still names the run of before. */
const asRun = (runId: string) => (key: string, value: unknown) => (key === 'originalExecutionRunId' ? runId : value);

/** Removes stack traces and the names of processes. Replay does not need them, and they identify the machine. */
function withoutPlace(key: string, value: unknown): unknown {
  return key === 'stackTrace' || key === 'identity' ? '' : value;
}
