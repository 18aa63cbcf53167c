import type { WeightedPlace } from '../domain/route/names.ts';
import type { ProxyWeights } from '../domain/release/proof.ts';
import type { Owner } from '../domain/release/target.ts';
import type { Change, WriteResult } from './workload.ts';

export interface TrafficRef {
  readonly cluster: string;
  readonly namespace: string;
  readonly name: string;
}

/** The two Services whose weights are meant; others in the same TraefikService are left alone. */
export interface ArmServices {
  readonly stable: string;
  readonly candidate: string;
}

export interface TrafficView {
  readonly ref: TrafficRef;
  readonly resourceVersion: string;
  /** As written; an absent weight counts as 1 (Traefik). */
  readonly weights: readonly {
    readonly service: string;
    readonly weight: number;
    readonly port: string;
    /** Under which name the requests to this Service are counted (EvidencePort.counters), with the usual naming. */
    readonly metricsService: string;
    /** From which the proxy makes its names. */
    readonly place: WeightedPlace;
  }[];
  readonly sticky: boolean;
  readonly owner?: Owner;
  /** Who wrote the weights last besides Sluice: the field manager, and the time (ISO 8601) where it was noted. */
  readonly writer?: { readonly manager: string; readonly time?: string };
}

/** A middleware that may answer in place of a version; what it answers, Traefik counts for no service. */
export interface SelfAnswering {
  readonly middleware: string;
  /** As in traefik.io/v1alpha1: `circuitBreaker`. */
  readonly type: string;
  /** "Service app-canary", "IngressRoute app rule 1". */
  readonly place: string;
}

/**
 * How traffic is split: the shares of two versions, and the proxies that serve them. Errors: TRAFFIC_SERVICE_NOT_FOUND,
 * CLUSTER_*,
 * FORBIDDEN, CONFLICT.
 */
export interface SplitPort {
  read(ref: TrafficRef): Promise<TrafficView>;
  /** Names of the weighted TraefikServices in the namespace that hold both Services. */
  find(place: { cluster: string; namespace: string }, arms: ArmServices): Promise<readonly string[]>;
  /**
   * Sets candidate = weight and stable = 100 − weight, by a patch that tests both present weights and the owner mark.
   * Refused without the mark of `owner`'s run, or with a higher epoch. Equal already: unchanged.
   */
  setWeight(ref: TrafficRef, arms: ArmServices, weight: number, owner: Owner): Promise<WriteResult>;
  /**
   * The candidate's weight on every proxy replica, from its own API. Empty when no API is configured. Never throws for
   * a silent replica.
   */
  inForce(ref: TrafficRef, arms: ArmServices): Promise<readonly ProxyWeights[]>;
  /**
   * What stands before the two Services and may answer by itself: on their entries, and on the rules of the namespace
   * that lead to them.
   */
  selfAnswering(ref: TrafficRef, arms: ArmServices): Promise<readonly SelfAnswering[]>;
  /** As WorkloadPort.claim. */
  claim(ref: TrafficRef, owner: Owner, over?: Owner): Promise<WriteResult>;
  /** As WorkloadPort.fence. */
  fence(ref: TrafficRef, owner: Owner): Promise<WriteResult>;
  unclaim(ref: TrafficRef, owner: Owner): Promise<Change>;
}
