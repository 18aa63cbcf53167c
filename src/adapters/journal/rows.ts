import type { RecordEntry } from '../../domain/release/record.ts';
import type { ReleaseState } from '../../domain/release/state.ts';
import { parseReleaseId } from '../../domain/release/target.ts';
import { maskSecrets } from '../../domain/safe-text.ts';
import type { JournalRelease } from '../../ports/journal.ts';
import type { Row, Value } from './database.ts';

export const ENTRY_COLUMNS = ['run_id', 'entry_key', 'release_id', 'kind', 'at', 'data'] as const;
export const RUN_COLUMNS = [
  'run_id',
  'release_id',
  'cluster',
  'namespace',
  'rollout',
  'state',
  'strategy',
  'version',
  'started_by',
  'started_at',
  'closed_at',
  'at',
] as const;

/** PostgreSQL refuses NUL in a text. Valid keys and names contain none. */
const plain = (text: string): string => text.replaceAll('\0', '');

export function toEntryRow({ runId, key, releaseId, kind, at, data }: RecordEntry): Value[] {
  return [plain(runId), plain(key), plain(releaseId), kind, Math.round(at), JSON.stringify(data, write)];
}

export function toEntry(row: Row): RecordEntry {
  const { run_id: runId, entry_key: key, release_id: releaseId, kind, at, data } = row;
  return {
    runId,
    key,
    releaseId,
    kind,
    at: Number(at),
    data: JSON.parse(String(data), read) as unknown,
  } as RecordEntry;
}

export function toRunRow({ runId, releaseId, at, data }: Extract<RecordEntry, { kind: 'release' }>): Value[] {
  const { cluster = '', namespace = '', rollout = '' } = parseReleaseId(releaseId) ?? {};
  const texts = [
    runId,
    releaseId,
    cluster,
    namespace,
    rollout,
    data.state,
    data.spec.strategy,
    maskSecrets(data.spec.image),
    maskSecrets(data.startedBy),
  ];
  return [
    ...texts.map(plain),
    Math.round(data.startedAt),
    data.closedAt === undefined ? null : Math.round(data.closedAt),
    Math.round(at),
  ];
}

export function toRelease(row: Row): JournalRelease {
  const text = (name: (typeof RUN_COLUMNS)[number]) => String(row[name]);
  return {
    releaseId: text('release_id'),
    runId: text('run_id'),
    state: text('state') as ReleaseState,
    strategy: text('strategy'),
    version: text('version'),
    startedBy: text('started_by'),
    startedAt: Number(row['started_at']),
    ...(row['closed_at'] === null ? {} : { closedAt: Number(row['closed_at']) }),
  };
}

const NUMBER = '$number';

/** Prometheus returns NaN and infinities, which JSON cannot represent. Secrets are masked before they are stored. */
function write(_: string, value: unknown): unknown {
  if (typeof value === 'string') return maskSecrets(value);
  return typeof value === 'number' && !Number.isFinite(value) ? { [NUMBER]: String(value) } : value;
}

function read(_: string, value: unknown): unknown {
  const special =
    typeof value === 'object' && value !== null && Object.keys(value).length === 1
      ? (value as Record<string, unknown>)[NUMBER]
      : undefined;
  return special === undefined ? value : Number(special);
}
