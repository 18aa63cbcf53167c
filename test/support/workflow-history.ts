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
  const text = historyToJSON(await handle.fetchHistory());
  writeFileSync(`${HISTORIES}/${name}.json`, `${JSON.stringify(JSON.parse(text, withoutPlace))}\n`);
}

/** Removes stack traces and the names of processes. Replay does not need them, and they identify the machine. */
function withoutPlace(key: string, value: unknown): unknown {
  return key === 'stackTrace' || key === 'identity' ? '' : value;
}
