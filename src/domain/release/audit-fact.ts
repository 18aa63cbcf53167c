import type { CallerRecord } from '../access/caller.ts';
import { maskSecrets } from '../safe-text.ts';
import type { Sender } from './approval.ts';

/**
 * `proposed`: a plan, with who wants it. `approved`, `rejected`: an answer to a question of the release. `commanded`:
 * another command, or an approval that was refused. `executed`: from here on something may have been changed.
 * `outcome`: how it has ended.
 */
export const AUDIT_KINDS = ['proposed', 'approved', 'rejected', 'commanded', 'executed', 'outcome'] as const;
export type AuditKind = (typeof AUDIT_KINDS)[number];

/** What the audit chain says about a release, its guard, or a delivery. */
export interface AuditFact {
  /** Unique in the chain, and identical for every repetition. */
  readonly event: string;
  /** Epoch ms, by the clock of Temporal. */
  readonly at: number;
  /** Of a delivery: its own id. */
  readonly releaseId: string;
  readonly runId: string;
  readonly kind: AuditKind;
  /** JSON: an object. */
  readonly data: string;
}

/** Makes a fact of one entry of the journal. `name`: unique in the run. `at`: if it is not the time of the entry. */
export type FactOf = (kind: AuditKind, name: string, data: object, at?: number) => AuditFact;

export function factsAbout({ releaseId, runId, at: when }: Pick<AuditFact, 'releaseId' | 'runId' | 'at'>): FactOf {
  return (kind, name, data, at = when) => ({
    ...{ event: `${runId}/${name}`, at, releaseId, runId, kind },
    data: JSON.stringify(data, (_, value: unknown) => (typeof value === 'string' ? maskSecrets(value) : value)),
  });
}

/** In the form of the audit log of calls. */
export function callerOf(sender: Sender | undefined): {
  caller?: Omit<CallerRecord, 'via'> & Pick<Sender, 'via'>;
} {
  const { identity, onBehalfOf, via } = sender ?? {};
  if (!identity) return {};
  return { caller: { ...identity, ...(via && { via }), ...(onBehalfOf && { on_behalf_of: onBehalfOf }) } };
}
