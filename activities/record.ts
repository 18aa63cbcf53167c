import type { RecordEntry, RecordLine } from '../src/domain/release/record.ts';
import { chainOf, type Owner } from '../src/domain/release/target.ts';
import type { Recorder } from './recorder.ts';

export const recordActivities = (recorder?: Recorder) => ({
  /**
   * Writes the records of the release to the journal. Errors: JOURNAL_UNAVAILABLE. Without a journal it writes nothing.
   */
  async record({ owner, lines }: { readonly owner: Owner; readonly lines: readonly RecordLine[] }): Promise<void> {
    if (!recorder) return;
    recorder.add(lines.map((line): RecordEntry => ({ ...line, releaseId: owner.releaseId, runId: chainOf(owner) })));
    await recorder.flush();
  },
});
