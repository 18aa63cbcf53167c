import type { TrailPoint } from '../analysis/trail.ts';
import type { Verdict } from '../analysis/verdict.ts';
import type { CommandOutcome } from './command.ts';
import type { WeightProof } from './proof.ts';
import type { ReleaseEvent, ReleaseView } from './view.ts';

/** One question to Prometheus and what it answered. `at`: the newest of the values' times, epoch ms. */
export interface QueryRecord {
  /** `requests`, `durations`, or the name of a metric of the release file. */
  readonly name: string;
  readonly arm?: 'candidate' | 'stable';
  readonly promql: string;
  readonly at: number;
  /** The newest value of each series; of a counter the raw one. Empty: Prometheus had nothing. */
  readonly values: readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number }[];
  /** Why there was no answer. */
  readonly error?: string;
}

/** What the journal keeps, by kind. */
export interface Recorded {
  /** The release without its lists; the last one is how it stands. */
  readonly release: Omit<ReleaseView, 'events' | 'eventsBefore' | 'commands'>;
  readonly event: ReleaseEvent;
  readonly command: CommandOutcome;
  /** A weight as it was read back. */
  readonly proof: WeightProof & { readonly step: number };
  readonly query: QueryRecord & { readonly step: number };
  readonly block: TrailPoint & { readonly step: number };
  readonly verdict: Verdict & { readonly step: number; readonly weight: number };
}

export const RECORD_KINDS = [
  'release',
  'event',
  'command',
  'proof',
  'query',
  'block',
  'verdict',
] as const satisfies readonly (keyof Recorded)[];
export type RecordKind = (typeof RECORD_KINDS)[number];

/**
 * One fact about a release. The same run and key again is the same fact: it is kept once, however often a retried
 * activity writes it.
 */
export type RecordEntry = {
  [Kind in RecordKind]: {
    readonly releaseId: string;
    readonly runId: string;
    /**
     * Unique in the run, and the same for every repetition: of running numbers and of Prometheus' sample times, never
     * of a clock or a random value.
     */
    readonly key: string;
    readonly kind: Kind;
    /** Epoch milliseconds. Many entries may share one. */
    readonly at: number;
    readonly data: Recorded[Kind];
  };
}[RecordKind];
