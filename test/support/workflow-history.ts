import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { WorkflowHandle } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';

/** What earlier versions of the workflow have done; test/replay proves that the present one does the same. */
export const HISTORIES = fileURLToPath(new URL('../replay/histories', import.meta.url));

/** With SLUICE_RECORD_HISTORIES=1 the named release's history is kept for replay. */
export async function recordHistory(name: string, handle: WorkflowHandle): Promise<void> {
  if (process.env['SLUICE_RECORD_HISTORIES'] !== '1') return;
  mkdirSync(HISTORIES, { recursive: true });
  const text = historyToJSON(await handle.fetchHistory());
  writeFileSync(`${HISTORIES}/${name}.json`, `${JSON.stringify(JSON.parse(text, withoutPlace))}\n`);
}

/** Replay needs neither stack traces nor the names of processes, and they say where the recording was made. */
function withoutPlace(key: string, value: unknown): unknown {
  return key === 'stackTrace' || key === 'identity' ? '' : value;
}
