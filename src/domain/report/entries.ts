import type { RecordEntry, RecordKind, Recorded } from '../release/record.ts';
import { cleanText, maskSecrets } from '../safe-text.ts';

/** Maximum length of a text. The longest texts worth reading are queries. */
const MAX_TEXT = 2000;

export interface Fact<K extends RecordKind> {
  readonly at: number;
  readonly data: Recorded[K];
}

/** The entries of one kind, in their order. */
export function factsOf<K extends RecordKind>(entries: readonly RecordEntry[], kind: K): readonly Fact<K>[] {
  return entries.filter((entry) => entry.kind === kind).map(({ at, data }) => ({ at, data: data as Recorded[K] }));
}

/**
 * Entries contain texts from clusters and callers. Control characters and texts that look like a credential are removed
 * before they are shown.
 */
export function safeEntries(entries: readonly RecordEntry[]): readonly RecordEntry[] {
  return safe(entries) as readonly RecordEntry[];
}

function safe(value: unknown): unknown {
  if (typeof value === 'string') return maskSecrets(cleanText(value, MAX_TEXT));
  if (Array.isArray(value)) return value.map(safe);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, field]) => [cleanText(key, MAX_TEXT), safe(field)]));
}
