import type { TrailPoint } from '../analysis/trail.ts';
import type { DeliveryRecord } from '../delivery/delivery.ts';
import type { Verdict } from '../analysis/verdict.ts';
import type { CommandOutcome, Decision } from './command.ts';
import type { GuardRecord } from './guard.ts';
import type { WeightProof } from './proof.ts';
import type { ReleaseEvent, ReleaseView } from './view.ts';

/** One query to Prometheus with its result. `at`: the newest of the values' times, epoch ms. */
export interface QueryRecord {
  /** `requests`, `durations`, or the name of a metric of the release file. */
  readonly name: string;
  readonly arm?: 'candidate' | 'stable';
  readonly promql: string;
  readonly at: number;
  /** The newest value of each series. For a counter it is the raw value. Empty if Prometheus had no data. */
  readonly values: readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number }[];
  /** The reason why there was no result. */
  readonly error?: string;
}

/** `decision` is absent in records of older versions. */
export interface CommandRecord extends CommandOutcome {
  readonly decision?: Decision;
}

/** What clients see of the record of a command. */
export function outcomeOf({ decision: _, ...outcome }: CommandRecord): CommandOutcome {
  return outcome;
}

/** The entries of the journal, by kind. */
export interface Recorded {
  /** A snapshot of the release without its lists. The last one is its current state. */
  readonly release: Omit<ReleaseView, 'events' | 'eventsBefore' | 'commands'>;
  readonly event: ReleaseEvent;
  readonly command: CommandRecord;
  /** A weight as it was read back. */
  readonly proof: WeightProof & { readonly step: number };
  readonly query: QueryRecord & { readonly step: number };
  readonly block: TrailPoint & { readonly step: number };
  readonly verdict: Verdict & { readonly step: number; readonly weight: number };
  /** A snapshot of a delivery. The last one is its current state. Its `releaseId` is the id of the delivery. */
  readonly delivery: DeliveryRecord;
  /** A snapshot of the guard of a release. The last one is its current state. */
  readonly guard: GuardRecord;
}

/** The snapshot of a release that the journal keeps. */
export function recordOf(view: ReleaseView): Recorded['release'] {
  const { events: _events, eventsBefore: _before, commands: _commands, ...situation } = view;
  return situation;
}

export const RECORD_KINDS = [
  'release',
  'event',
  'command',
  'proof',
  'query',
  'block',
  'verdict',
  'delivery',
  'guard',
] as const satisfies readonly (keyof Recorded)[];
export type RecordKind = (typeof RECORD_KINDS)[number];

/**
 * One fact about a release. Entries with the same run and key are the same fact: it is stored once, even if a retried
 * activity writes it again.
 */
export type RecordEntry = {
  [Kind in RecordKind]: {
    readonly releaseId: string;
    readonly runId: string;
    /**
     * Unique in the run, and identical for every repetition. It is built from running numbers and Prometheus' sample
     * times, never from a clock or a random value.
     */
    readonly key: string;
    readonly kind: Kind;
    /** Epoch milliseconds. Many entries may share one. */
    readonly at: number;
    readonly data: Recorded[Kind];
  };
}[RecordKind];

type WithoutOwner<E> = E extends RecordEntry ? Omit<E, 'releaseId' | 'runId'> : never;

/** An entry with the workflow's number. The owner is stated once for all entries. */
export type RecordLine = WithoutOwner<RecordEntry>;
