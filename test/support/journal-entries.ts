import type { RecordEntry } from '../../src/domain/release/record.ts';
import type { ReleaseView } from '../../src/domain/release/view.ts';
import { AT, aView } from './fake-gateway.ts';

/** One event of a run. Its text contains its key, so that a wrong event is visible. */
export function eventEntry(runId: string, key: string, at = AT): RecordEntry {
  return {
    releaseId: 'release/prod/shop/web',
    runId,
    key,
    kind: 'event',
    at,
    data: { at, state: 'soaking', text: `of ${runId}, ${key}` },
  };
}

/** A snapshot of a run. */
export function releaseEntry(
  runId: string,
  number: number,
  changes: Partial<ReleaseView> = {},
  at = AT + number,
): Extract<RecordEntry, { kind: 'release' }> {
  const { events: _, commands: __, ...data } = aView({ runId, ...changes });
  return { releaseId: data.id, runId, key: `release/${number}`, kind: 'release', at, data };
}
